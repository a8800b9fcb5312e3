"""The app of members: who may come in, where one signs in, layout and navigation."""
