"""Texts that people write: names, bounds, mails."""
