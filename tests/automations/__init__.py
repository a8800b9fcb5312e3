"""Tests of what rules do afterwards, at their time, and why."""
