"""What follows facts: who looks at cases hears of changes, their words are indexed, indexed fields are filled in."""

from dossier import contacts, records
from dossier.cases.actions.filing import FILES
from dossier.cases.actions.later import INDEXES, WORDS
from dossier.cases.actions.people import SLOTS
from dossier.cases.events import CaseChanged, CaseCreated, CaseErased
from dossier.cases.model import CASE_RECORD
from dossier.cases.store import texts
from dossier.contacts.events import ContactFilled
from dossier.files.events import FilePut
from dossier.foundation.actor import Scope
from dossier.foundation.database import Topic, Transaction
from dossier.foundation.messages import Message
from dossier.listing import kept_exports
from dossier.members.events import MemberRenamed

_ERASED_SINCE = Message("A case was erased since this was asked for. Have it made again.")


async def announce(transaction: Transaction, fact: CaseCreated | CaseChanged | CaseErased) -> None:
    """Let every server know, once this is kept: open pages (`records/pages/live.py`) listen, and jobs follow (`Job.follows`)."""
    records.announce(transaction, CASE_RECORD, fact.case)


async def unindex(transaction: Transaction, erased: CaseErased) -> None:
    """Words that only the erased case had, or the contacts that went with it, are forgotten by jobs."""
    for each in (WORDS, contacts.WORDS):
        await each.sweep.defer(transaction, workspace=str(erased.case.workspace_id))


async def forget_exports(transaction: Transaction, erased: CaseErased) -> None:
    """Lists that were made as files may have the erased case in them, or who was on it: nothing of them is left."""
    await kept_exports.forget_all(transaction, erased.case.workspace_id, _ERASED_SINCE)


async def put_file(transaction: Transaction, fact: FilePut) -> None:
    """The case that a file was put on holds it, and the one that it was on does not any more."""
    await FILES.put(transaction, fact.file, fact.case_id)


async def hear_of_contact(transaction: Transaction, filled: ContactFilled) -> None:
    """The cases that show a contact have it in their history that more is known of it."""
    within = transaction.within(Scope((filled.workspace_id,)))
    await SLOTS.hear(within, filled.workspace_id, filled.before, filled.after)


async def take_owners_words(transaction: Transaction, renamed: MemberRenamed) -> None:
    """The cases that somebody owns are found by their new name, and no longer by the old one."""
    for workspace_id, case_id in await texts.owner_was_renamed(transaction, renamed.member_id):
        transaction.announce(Topic(CASE_RECORD.name, workspace_id, case_id))


rename_file = FILES.rename
"""The cases that show a file have it in their histories that it is called otherwise."""
check_file = FILES.check
"""The cases that show a file have it in their histories what a virus scanner said of it."""
take_files_words = FILES.take_words
"""The cases that show a file are found by the words in it."""
index_fields = INDEXES.follow
"""A template that is published has indexes of the fields that it wants filtered fast."""
