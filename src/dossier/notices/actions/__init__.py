"""Telling members, in the app and by e-mail; what one sees, and chooses."""

from dossier.notices.actions.mailing import mail
from dossier.notices.actions.telling import choose, forget, see, see_all, tell, tell_about, tell_of_dues, wants_mail

__all__ = ["choose", "forget", "mail", "see", "see_all", "tell", "tell_about", "tell_of_dues", "wants_mail"]
