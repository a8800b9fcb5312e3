"""Contacts: the people that cases are about."""
