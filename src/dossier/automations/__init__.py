"""What the rules of templates do once a change is kept, when their time comes, and why they did or did not."""
