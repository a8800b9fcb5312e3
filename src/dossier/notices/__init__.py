"""What members are told of what concerns them, and by which way."""

from dossier.notices.actions import tell, tell_about, wants_mail

__all__ = ["tell", "tell_about", "wants_mail"]
