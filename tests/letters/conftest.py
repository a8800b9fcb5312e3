"""Messages go where a test looks."""

from tests.messages.conftest import house, mail, post, sms

__all__ = ["house", "mail", "post", "sms"]
