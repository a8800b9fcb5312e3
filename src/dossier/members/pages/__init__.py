"""Signing in and out, one's profile, and who works in the workspace."""

from dossier.members.pages import coming_in, people, profile
from dossier.members.pages.coming_in import NOWHERE

PAGES = (*coming_in.PAGES, *profile.PAGES, *people.PAGES)

__all__ = ["NOWHERE", "PAGES"]
