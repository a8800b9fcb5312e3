"""The people that cases are about."""
