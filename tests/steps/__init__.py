"""Tests of what is done with steps."""
