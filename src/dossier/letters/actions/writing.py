"""Writing to the people of a case: whom a slot, `owner` or an address means, what the text says, and the message that comes of it."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dossier import messages, workspaces
from dossier.case_templates.model import OWNER, Sending
from dossier.case_templates.model.texts import text_names
from dossier.cases import KEEPING
from dossier.cases.model import Case
from dossier.contacts.model import Contact
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import AppError, Conflict, Invalid, Problem, pointer
from dossier.foundation.identifiers import parse_id
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.messages import Named, Value, together
from dossier.foundation.text import gettext_noop
from dossier.letters.actions.wording import Wording, Writing, line, mail
from dossier.letters.model import entry_of
from dossier.messages.model import Channel, Message, NewMessage, address_problems, problems_of
from dossier.texts import InvalidText, parse

_LACKS = {
    "email": gettext_noop("There is nobody to write to: “{slot}” has no e-mail address."),
    "sms": gettext_noop("There is nobody to write to: “{slot}” has no telephone number."),
}
_EMPTY = gettext_noop("There is nobody to write to: nobody is “{slot}”.")
_BOUNCED = gettext_noop("A message to {address} came back before; nobody is written to there.")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be written: by which channel, what to whom, `at` not before, `origin` where people reach the server; for a `step`, if it is, and with the link of a form; what is `wrong` already."""

    channel: Channel
    sending: Sending
    at: datetime | None = None
    origin: str = ""
    step: str | None = None
    due_at: datetime | None = None
    form_link: str = ""
    wrong: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address or a number, and who that is, if it is known."""

    address: str
    contact: Contact | None = None
    means: str = ""  # the slot, `owner` or address by which they were named


async def write(transaction: Transaction, case_id: UUID, letter: Letter) -> Message:
    """Have a message sent about a case, which has it in its history; 400, 404, 409 `no_recipient` or archived."""
    transaction.actor.require("messages.send")
    change = await KEEPING.lock(transaction, case_id)
    new = await ready(transaction, change.after, letter)
    message = await messages.put(transaction, new)
    values = {f"messages.{message.id}": entry_of(message)}
    await KEEPING.save(transaction, change.put("message_pending", values, lacking(new.missing, None, new.unreached)))
    return message


def lacking(missing: Sequence[str], reason: Sentence | None = None, unreached: Sequence[Value] = ()) -> Sentence | None:
    """The reason of an entry, which names of a text had no value, and who could not be written to besides."""
    said = Sentence("Without a value in the text: {names}.", {"names": tuple(missing)})
    alone = Sentence(
        "Not written to, for want of an address that takes messages: {people}.", {"people": tuple(unreached)}
    )
    return together(reason, said if missing else None, alone if unreached else None)


async def composed(reading: ReadSession, case: Case, letter: Letter) -> NewMessage:
    """What a letter becomes on a case, to be looked at; 400 with all that cannot be, 409 `no_recipient`."""
    new, problems, blocked = await _made(reading, case, letter)
    Invalid.if_any(problems)
    if blocked:
        raise blocked
    return new


async def ready(reading: ReadSession, case: Case, letter: Letter) -> NewMessage:
    """The same, fit to be sent: what only a message as a whole can have wrong is said with the rest."""
    new, problems, blocked = await _made(reading, case, letter)
    said = {each.pointer for each in problems}
    Invalid.if_any([*problems, *(each for each in problems_of(new.cleaned()) if each.pointer not in said)])
    if blocked:
        raise blocked
    return new


async def _made(reading: ReadSession, case: Case, letter: Letter) -> tuple[NewMessage, list[Problem], AppError | None]:
    """The message, all that is wrong with it, and why somebody cannot be written to who must be."""
    sending, channel = letter.sending, letter.channel
    people = [await _reached(reading, case, channel, name, getattr(sending, name)) for name in ("to", "cc", "bcc")]
    (to, _), (cc, _), (bcc, _) = people
    meant = (*sending.to, *sending.cc, *sending.bcc)
    files, problems = _files(case, sending.attachments)
    workspace = await workspaces.get(reading, case.workspace_id)
    new = NewMessage(
        case.workspace_id,
        channel,
        tuple(each.address for each in to),
        "",
        cc=tuple(each.address for each in cc),
        bcc=tuple(each.address for each in bcc),
        attachments=files,
        case_id=case.id,
        step=letter.step,
        at=letter.at,
        from_name=sending.from_name or workspace.name,
        reply_to=_reply_to(case, sending.reply_to),
        contacts=tuple(each.contact.id for each in (*to, *cc, *bcc) if each.contact),
        unreached=tuple(unreached(case, meant, {each.means for each in (*to, *cc, *bcc)})),
    )
    refused = [each for _, refusals in people for each in refusals]
    problems += [problem for each in refused if isinstance(each, Invalid) for problem in each.problems]
    new, wrong = await _said(reading, case, letter, new, next((each.contact for each in to if each.contact), None))
    return new, [*letter.wrong, *problems, *wrong], _blocked(letter, people)


def _blocked(letter: Letter, people: Sequence[tuple[list[Recipient], list[AppError]]]) -> AppError | None:
    """Nobody is there whom it is to; of what is written by hand, everybody is meant who is named."""
    to = people[0][0]
    of_all = [each for _, refused in people for each in refused] if letter.step is None else []
    first = next(iter([*([] if to else people[0][1]), *of_all]), None)
    return first or (None if to else Conflict.because("There is nobody to write to.", "no_recipient"))


# ---- what it says ----


async def _said(
    reading: ReadSession, case: Case, letter: Letter, new: NewMessage, contact: Contact | None
) -> tuple[NewMessage, list[Problem]]:
    """The message with its texts, and what is wrong with these."""
    sending = letter.sending
    step = case.template.step_by_key.get(letter.step) if case.template and letter.step else None
    wording = Wording(sending.subject or "", sending.body or "", sending.texts)
    writing = Writing(contact, step, letter.due_at, letter.form_link, letter.origin)
    unsaid = replace(new, subject=wording.subject, text=wording.body)
    if problems := list(_wrong(case, wording)):
        return unsaid, problems
    try:
        if letter.channel == "sms":
            plain = await line(reading, case, wording, writing)
            return replace(new, text=plain.text.strip(), missing=plain.missing), []
        said = await mail(reading, case, wording, writing)
    except InvalidText as refused:
        return unsaid, [each.at("/body") for each in refused.problems]
    return replace(new, subject=said.subject, text=said.text, html=said.html, missing=said.missing), []


def _wrong(case: Case, wording: Wording) -> Iterator[Problem]:
    """Names that no text may have, as where a template is published."""
    names = text_names(case.template) if case.template else None
    for member, source in (("subject", wording.subject), ("body", wording.body)):
        try:
            parse(source, names=names)
        except InvalidText as refused:
            yield from (each.at(pointer(member)) for each in refused.problems)


# ---- to whom ----


async def reached(reading: ReadSession, case: Case, channel: Channel, whom: Sequence[str]) -> list[Recipient]:
    """Those of these who can be written to: slots, `owner`, and addresses from which nothing came back."""
    return (await _reached(reading, case, channel, "to", whom))[0]


async def _reached(
    reading: ReadSession, case: Case, channel: Channel, member: str, whom: Sequence[str]
) -> tuple[list[Recipient], list[AppError]]:
    """Who of these can be written to, and why the others cannot."""
    meant, refused = list[Recipient](), list[AppError]()
    for place, each in enumerate(whom):
        found = _meant(case, channel, each, pointer(member, place))
        (refused if isinstance(found, AppError) else meant).append(found)  # type: ignore[arg-type]
    back = await messages.bounced_before(reading, case.workspace_id, channel, [each.address for each in meant])
    refused += [Conflict.because(_BOUNCED, "no_recipient", address=each) for each in back]
    return [each for each in meant if each.address not in back], refused


def unreached(case: Case, meant: Sequence[str], reached: Set[str]) -> Iterator[Value]:
    """What those are called who were meant and are not written to; an address is not told, for it would stay."""
    names = case.slot_names or {}
    for each in dict.fromkeys(meant):
        if each not in reached:
            filled = case.contacts.get(each)
            known: dict[str, Value] = {
                OWNER: Sentence("the owner"),
                **names,
                **({each: filled.label} if filled else {}),
            }
            yield known.get(each, Sentence("an address"))


def _meant(case: Case, channel: Channel, whom: str, at: str) -> Recipient | AppError:
    if filled := case.contacts.get(whom):
        address = filled.contact.email if channel == "email" else filled.contact.phone
        slot = Named(whom, filled.label)
        return (
            Recipient(address, filled.contact, whom)
            if address
            else Conflict.because(_LACKS[channel], "no_recipient", slot=slot)
        )
    if whom == OWNER:
        email = case.owner["email"] if case.owner and channel == "email" else None
        slot = Named(OWNER, Sentence("The owner"))
        return Recipient(email, means=whom) if email else Conflict.because(_LACKS[channel], "no_recipient", slot=slot)
    names = case.slot_names or {}
    if whom in names:
        return Conflict.because(_EMPTY, "no_recipient", slot=Named(whom, names[whom]))
    if "@" in whom or (channel == "sms" and any(map(str.isdecimal, whom))):
        wrong = tuple(address_problems(channel, whom, at))
        return Invalid(wrong) if wrong else Recipient(whom, means=whom)
    return Invalid.because(
        "“{value}” is neither a contact slot of the case, nor “owner”, nor an address.",
        "unknown_slot",
        pointer=at,
        value=whom,
    )


def _reply_to(case: Case, said: str | None) -> str | None:
    return case.owner["email"] if said == OWNER and case.owner else None if said == OWNER else said


def _files(case: Case, named: Sequence[str]) -> tuple[tuple[UUID, ...], list[Problem]]:
    """The files of fields, or by their ids; and what names none."""
    found, problems = list[UUID](), list[Problem]()
    for place, each in enumerate(named):
        if field := case.field(each):
            found += [UUID(file) for file in field.files(case.data.get(each))]
        elif id := parse_id(each):
            found.append(id)
        else:
            sentence = "“{value}” is neither a field of the case nor the id of an attachment."
            problems.append(Problem(sentence, "not_found", pointer("attachments", place), value=each))
    return tuple(found), problems
