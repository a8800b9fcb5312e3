"""Tests of what follows of a change by itself."""
