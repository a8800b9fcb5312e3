"""What people outside see."""
