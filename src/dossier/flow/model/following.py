"""A thing that goes on by itself as its template says, such as a case."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from dossier.case_templates.model import Status
from dossier.case_templates.model.moving import FollowsTemplate
from dossier.conditions import EvaluationContext
from dossier.fields import UnknownFields
from dossier.foundation.working_time import WorkingTime


class Following(FollowsTemplate, Protocol):
    """With steps by key, each with its state; `fired`: the statuses whose transition is done once; `working`: when its workspace is at work."""

    @property
    def owner(self) -> Mapping[str, Any] | None: ...
    @property
    def fired(self) -> tuple[str, ...]: ...
    @property
    def statuses(self) -> Mapping[str, Status]: ...
    @property
    def unknown_fields(self) -> UnknownFields: ...
    @property
    def working(self) -> WorkingTime: ...
    def context(self) -> EvaluationContext:
        """What a condition may look at."""


F = TypeVar("F", bound=Following)
