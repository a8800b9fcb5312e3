"""What forms are found by when somebody searches, the views that are kept of their list, and its rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.forms.model import Form
from dossier.forms.store.collection import READ, form_of
from dossier.foundation.database import ReadSession, Row
from dossier.listing.collection import Shape
from dossier.listing.search import SearchIndex, Texts
from dossier.listing.views import SavedViews

VIEWS = SavedViews("form_views", "form_view_defaults")
_SAID = ("reference", "name", "given_name", "family_name", "email", "phone", "company_name", "internal_ref")


async def _texts(_reading: ReadSession, row: Row) -> Texts:
    names = " ".join(filter(None, (row["given_name"], row["family_name"])))
    return Texts([names, *(row[name] for name in _SAID)])


SEARCH = SearchIndex(
    table="forms",
    alias="f",
    key="form_id",
    words="form_words",
    known="form_search_words",
    queue="form_search_queue",
    taken="form_search",
    lock="search forms",
    columns=f"f.workspace_id, f.id, f.version, {', '.join(f'f.{name}' for name in _SAID)}",
    texts=_texts,
)


@dataclass(frozen=True, slots=True)
class ListedForm:
    """A form in the list, with what is known of its newest response: when it was begun and handed in, how many answers it has, of how many questions (0:
    that was not counted yet).
    """

    form: Form
    begun_at: datetime | None
    completed_at: datetime | None
    answered: int
    questions: int

    @property
    def id(self) -> UUID:
        return self.form.id

    def __getattr__(self, name: str) -> Any:
        """Columns of a file are members of the form, or of who is asked."""
        if name == "person":
            return self.form.user.name
        of_user = name in ("email", "phone", "given_name", "family_name", "company_name")
        return getattr(self.form.user if of_user else self.form, name)


def _listed(row: Row) -> ListedForm:
    known = {name: row.pop(name) for name in ("begun_at", "completed_at", "answered", "questions")}
    return ListedForm(form_of(row), **known)


LISTED = Shape(
    f"""
    {READ}, newest.created_at AS begun_at, newest.completed_at,
    f.questions, CASE WHEN f.questions > 0 THEN f.answers ELSE
      coalesce((SELECT count(*) FROM form_answers a WHERE a.workspace_id = f.workspace_id AND a.response_id = newest.id
                AND a.value IS NOT NULL), 0) END AS answered
    """,
    """
    JOIN workspaces w ON w.id = f.workspace_id
    LEFT JOIN LATERAL (SELECT r.id, r.created_at, r.completed_at FROM form_responses r
                       WHERE r.workspace_id = f.workspace_id AND r.form_id = f.id ORDER BY r.number DESC LIMIT 1) AS newest ON true
    """,
    _listed,
)
