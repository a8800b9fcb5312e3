"""What can be done to contacts, in whatever shows them."""
