"""Lists of options that form templates share: made, changed, forgotten."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from dossier.form_templates import store
from dossier.form_templates.model.lists import OptionList
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound, Problem, pointer
from dossier.foundation.identifiers import new_id

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Given:
    """A list as somebody wants it."""

    title: str
    options: list[dict[str, str]]
    texts: Mapping[str, Mapping[str, str]]


async def keep(
    transaction: Transaction, workspace_id: UUID, slug: str, given: Given, seen: int | None = None
) -> OptionList:
    """Make a list, or change it; 400 for everything that is wrong with it. What is published with it stays as it is.

    `seen`: the version that its sender has seen, 0 for none; 409 for another one.
    """
    transaction.actor.require("templates.design")
    Invalid.if_any(_problems(slug, given))
    now = transaction.clock()
    old = await _of_slug(transaction, workspace_id, slug)
    _raise_if_unseen(old, seen)
    id, version, since = (old.id, old.version + 1, old.created_at) if old else (new_id(), 1, now)
    made = OptionList(workspace_id, id, slug, given.title, given.options, given.texts, version, since, now)
    await store.keep_option_list(transaction, made)
    return made


async def change(
    transaction: Transaction, workspace_id: UUID, slug: str, given: Given, seen: int | None, languages: Collection[str]
) -> OptionList:
    """Change a list that there is; its words in other languages than those that its sender spoke of stay. 400, 404, 409."""
    transaction.actor.require("templates.design")
    old = await _of_slug(transaction, workspace_id, slug)
    if old is None:
        raise _no_such(slug)
    values = {each["value"] for each in given.options}
    others = {code: texts for code, texts in old.texts.items() if code not in languages}
    kept = {code: {value: texts[value] for value in texts.keys() & values} for code, texts in others.items()}
    return await keep(transaction, workspace_id, slug, replace(given, texts={**kept, **given.texts}), seen)


async def _of_slug(transaction: Transaction, workspace_id: UUID, slug: str) -> OptionList | None:
    await store.lock_option_lists(transaction, workspace_id)
    return next((each for each in await store.option_lists(transaction, workspace_id) if each.slug == slug), None)


def _raise_if_unseen(old: OptionList | None, seen: int | None) -> None:
    if seen is None or seen == (old.version if old else 0):
        return
    sentence = "There is a list with this short name already." if seen == 0 else "Somebody else changed it meanwhile."
    raise Conflict.because(sentence, "changed_since")


async def remove(transaction: Transaction, workspace_id: UUID, slug: str) -> None:
    """Forget a list; 404, and 409 while a draft has its options by it alone. What was published keeps them."""
    transaction.actor.require("templates.design")
    if not _SLUG.fullmatch(slug):
        raise _no_such(slug)
    used = (await store.used_by(transaction, workspace_id)).get(slug, ())
    if needing := [each.title for each in used if each.needs]:
        sentence = "Drafts have their options by this list: {titles}. Publish or change them first."
        raise Conflict.because(sentence, "in_use", titles=tuple(needing))
    if not await store.remove_option_list(transaction, workspace_id, slug):
        raise _no_such(slug)


def _no_such(slug: str) -> NotFound:
    refusal = NotFound.because("There is no list of options “{slug}”.", slug=slug)
    assert isinstance(refusal, NotFound)
    return refusal


def only(named: Sequence[UUID] | None, covered: Sequence[UUID]) -> UUID:
    """The one workspace that is meant; 400 where there are several."""
    places = covered if named is None else named
    if len(places) != 1:
        sentence = "The token covers several workspaces: name one."
        raise Invalid.because(sentence, "missing_member", parameter="workspace[id]")
    return places[0]


def _problems(slug: str, given: Given) -> Iterator[Problem]:
    if not _SLUG.fullmatch(slug):
        yield Problem("A short name has a–z, 0–9 and -, 100 at most.", "invalid_value", parameter="slug")
    if not given.title.strip():
        yield Problem("Give it a title.", "missing", pointer("title"))
    if not given.options:
        yield Problem("A list has at least one option.", "missing", pointer("options"))
    yield from _of_options(given.options)
    values = {each["value"] for each in given.options}
    for language, labels in given.texts.items():
        if not _LANGUAGE.fullmatch(language):
            yield Problem("A language is a code such as en or fr.", "invalid_value", pointer("texts", language))
        for value in labels.keys() - values:
            at = pointer("texts", language, value)
            yield Problem("There is no option “{value}”.", "unknown_key", at, value=value)


def _of_options(options: Sequence[Mapping[str, str]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, each in enumerate(options):
        if each["value"] in seen:
            at = pointer("options", place, "value")
            yield Problem("The option “{value}” stands twice.", "duplicate", at, value=each["value"])
        seen.add(each["value"])
        for name, most in (("value", 200), ("label", 500)):
            if not 0 < len(each[name]) <= most:
                sentence = "“{field}” must have 1 to {most} characters."
                yield Problem(sentence, "invalid_value", pointer("options", place, name), field=name, most=most)
