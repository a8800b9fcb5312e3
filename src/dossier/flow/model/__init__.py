"""What follows of a change by itself: pure functions of a thing and its template."""

from dossier.flow.model.following import F, Following

__all__ = ["F", "Following"]
