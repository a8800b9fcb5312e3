"""Signing in and out, one's profile, and who works in the workspace."""

from dossier.members.pages import authentication, people, profile
from dossier.members.pages.authentication import NOT_FOUND

PAGES = (*authentication.PAGES, *profile.PAGES, *people.PAGES)

__all__ = ["NOT_FOUND", "PAGES"]
