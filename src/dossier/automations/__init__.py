"""What a case does by itself: statuses that follow, steps that show and start."""
