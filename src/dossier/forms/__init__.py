"""Questions to one person, and the answers."""
