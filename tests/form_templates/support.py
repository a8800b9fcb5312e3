"""A document with something of everything."""

from typing import Any

ACCIDENT: dict[str, Any] = {
    "slug": "accident-report", "title": "Accident report", "locale": "en", "description": "What happened?",
    "options": [{"key": "intro", "type": "text", "label": "Words at the top", "default": "Hello"}],
    "access": "email_code", "decline": True, "expires_after": "P30D",
    "pages": [
        {"key": "you", "title": "About you", "elements": [
            {"key": "welcome", "type": "information", "text": "Please take **your time**."},
            {"key": "phone", "type": "phone", "label": "Your phone", "help": "We may call.", "example": "+32 470 12 34 56", "required": True, "field": "contact.phone"},
            {"key": "hurt", "type": "checkbox", "label": "Was somebody hurt?", "field": "data.hurt"},
            {"key": "who", "type": "group", "label": "Who was hurt", "visible_when": {"data.hurt": {"$eq": True}}, "repeat": {"min": 1, "max": 5}, "elements": [
                {"key": "their_name", "type": "text", "label": "Name", "required": True},
                {"key": "cost", "type": "number", "label": "Cost so far"},
                {"key": "doubled", "type": "computed", "formula": "cost * 2"},
                {"key": "bill", "type": "file", "label": "Bill", "required_when": {"data.cost": {"$gt": 100}}},
            ]},
        ]},
        {"key": "damage", "title": "The damage", "visible_when": {"options.intro": {"$ne": "none"}}, "elements": [
            {"key": "cover", "type": "choices", "label": "Cover", "options": [{"value": "full", "label": "All"}, {"value": "third", "label": "Third party"}]},
            {"key": "photos", "type": "file", "label": "Photos", "accept": ["image/*"], "max_files": 6, "field": "data.photos"},
            {"key": "total", "type": "computed", "label": "In all", "formula": "sum(who.doubled)"},
            {"key": "reference", "type": "hidden", "label": "Ours"},
            {"key": "sign", "type": "signature", "label": "Sign here", "method": "electronic", "items": [{"attachment": "photos"}], "visible_when": {"data.total": {"$gt": 0}}},
        ]},
    ],
    "messages": {"invitation": {"email": {"subject": "Hello {{ user.name }}", "body": "Go to {{ form.link }}"}, "sms": {"body": "{{ form.link }}"}},
                 "reminders": [{"after": "P3D", "every": "P3D", "times": 3}]},
    "presets": [{"key": "default", "name": "Default", "enabled": True, "options": {"intro": "Hi"}}, {"key": "short", "name": "Short", "access": "direct", "expires_after": None}],
    "texts": {"fr": {"title": "Constat", "elements.phone.label": "Votre téléphone", "elements.cover.options.full": "Tout", "pages.you.title": "Vous"}},
}  # fmt: skip


def document(*elements: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A template with one page of these elements."""
    return {"title": "T", "slug": "t", "pages": [{"key": "p", "title": "P", "elements": list(elements)}], **members}


def text(key: str, **members: Any) -> dict[str, Any]:
    """An element of text."""
    return {"key": key, "type": "text", "label": key.capitalize(), **members}
