"""What a change newly names is found: owners, and who is to do steps."""
