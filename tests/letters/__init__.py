"""Tests of what is written to the people of cases."""
