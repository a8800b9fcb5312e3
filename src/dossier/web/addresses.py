"""Where the pages are: every address that code or a template writes comes from here, as `addresses.CASES / case.id / "undo"`."""

from urllib.parse import quote
from uuid import UUID


class Address(str):
    """The address of a page on this server. `/` leads to what is below it, quoted as part of an address has to be."""

    __slots__ = ()

    def __truediv__(self, part: str | int | UUID) -> "Address":
        return Address(f"{self}/{quote(str(part), safe='')}")


SIGN_IN = Address("/sign-in")
SIGN_OUT = Address("/sign-out")
API_DOCS = Address("/docs")
LOGO = Address("/logo")
FORM_LINKS = Address("/r")
PUBLIC_FORMS = Address("/f")
PERSONAL = Address("/me")
WORKSPACE = Address("/workspace")
CONFIRM = WORKSPACE / "confirm"
SWITCH = WORKSPACE / "switch"
CASES = WORKSPACE / "cases"
MESSAGES = WORKSPACE / "messages"
CONTACTS = WORKSPACE / "contacts"
FORM_BATCHES = WORKSPACE / "form-batches"
FILES = WORKSPACE / "files"
EXPORTS = WORKSPACE / "exports"
UPLOADS = WORKSPACE / "uploads"
NOTICES = WORKSPACE / "notices"
TEMPLATES = WORKSPACE / "templates"
FORM_TEMPLATES = TEMPLATES / "forms"
FORMS = WORKSPACE / "forms"
SETTINGS = WORKSPACE / "settings"
PROFILE = SETTINGS / "profile"
NOTICE_CHOICES = SETTINGS / "notices"
GENERAL = SETTINGS / "general"
MESSAGE_TEXTS = SETTINGS / "messages"
MAIL = SETTINGS / "mail"
MEMBERS = SETTINGS / "members"
TOKENS = SETTINGS / "api"
WEBHOOKS = SETTINGS / "webhooks"
SECRETS = SETTINGS / "secrets"
JOBS = SETTINGS / "jobs"
AUDIT = SETTINGS / "audit"
COMPONENTS = WORKSPACE / "components"
