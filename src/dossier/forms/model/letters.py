"""What Dossier writes about a form where its template says nothing: Liquid, as templates have it."""

from collections.abc import Mapping
from dataclasses import dataclass

from dossier.foundation.text import gettext_noop


@dataclass(frozen=True, slots=True)
class Words:
    """Subject and body of an e-mail, and a text message."""

    subject: str
    body: str
    sms: str


DEFAULTS: Mapping[str, Words] = {
    "invitation": Words(
        gettext_noop("{{ workspace.name }} has a question for you: {{ form.title }}"),
        gettext_noop(
            "Hello{% if user.name %} {{ user.name }}{% endif %},\n\n{{ workspace.name }} asks you to fill in “{{ form.title }}”.\n\n"
            "[Open the form]({{ form.link }})\n\nYou can stop at any time and go on later with the same link. It is meant for you alone."
        ),
        gettext_noop("{{ workspace.name }} asks you to fill in “{{ form.title }}”: {{ form.link }}"),
    ),
    "reminder": Words(
        gettext_noop("Reminder: {{ form.title }}"),
        gettext_noop(
            "Hello{% if user.name %} {{ user.name }}{% endif %},\n\n{{ workspace.name }} still waits for your answers to"
            " “{{ form.title }}”.\n\n[Open the form]({{ form.link }})"
        ),
        gettext_noop("{{ workspace.name }} still waits for your answers to “{{ form.title }}”: {{ form.link }}"),
    ),
    "otp": Words(
        gettext_noop("Your code for {{ form.title }}"),
        gettext_noop(
            "{{ form.code }} is your code to open “{{ form.title }}”. It holds for ten minutes.\n\nIf you did not ask for it, do nothing."
        ),
        gettext_noop("{{ form.code }} is your code to open “{{ form.title }}”. It holds for ten minutes."),
    ),
    "confirmation": Words(
        gettext_noop("We have received your answers: {{ form.title }}"),
        gettext_noop(
            "Hello{% if user.name %} {{ user.name }}{% endif %},\n\nthank you. {{ workspace.name }} has received your answers to"
            " “{{ form.title }}”. Your reference is {{ form.reference }}."
        ),
        gettext_noop("{{ workspace.name }} has received your answers to “{{ form.title }}” ({{ form.reference }})."),
    ),
    "request_completed": Words(
        gettext_noop("Answered: {{ form.title }} ({{ form.reference }})"),
        gettext_noop(
            "{% if user.name %}{{ user.name }} has answered{% else %}Somebody has answered{% endif %} “{{ form.title }}”"
            " ({{ form.reference }}).\n\n[Look at the answers]({{ form.link }})"
        ),
        gettext_noop("“{{ form.title }}” ({{ form.reference }}) was answered."),
    ),
    "expiry": Words(
        gettext_noop("Ended without an answer: {{ form.title }} ({{ form.reference }})"),
        gettext_noop(
            "The time to answer “{{ form.title }}” ({{ form.reference }}) is over, and nothing was handed in.\n\n"
            "[Look at the form]({{ form.link }})"
        ),
        gettext_noop("The time to answer “{{ form.title }}” ({{ form.reference }}) is over."),
    ),
    "raw": Words(
        gettext_noop("Please look at this again: {{ form.title }}"),
        gettext_noop(
            "Hello{% if user.name %} {{ user.name }}{% endif %},\n\n{{ workspace.name }} needs something more for"
            " “{{ form.title }}”.{% if again.message != '' %}\n\n{{ again.message }}{% endif %}\n"
            "{% for each in again.parts %}\n- {{ each.label }}{% if each.reason != '' %}: {{ each.reason }}{% endif %}{% endfor %}\n\n"
            "[Open the form]({{ form.link }})\n\nWhat you gave before is kept."
        ),
        gettext_noop("{{ workspace.name }} needs something more for “{{ form.title }}”: {{ form.link }}"),
    ),
}
