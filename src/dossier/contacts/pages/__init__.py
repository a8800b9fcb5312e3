"""Contacts for people: who is known, one with what shows them, and who is in a slot."""

from dossier.contacts.pages.people import PAGES

__all__ = ["PAGES"]
