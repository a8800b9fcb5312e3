"""What a letter says and to whom it goes; writing one."""
