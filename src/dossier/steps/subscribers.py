"""What follows facts: what is to be done with the steps of a case at a time is planned, and messages move steps on."""

from dossier import forms
from dossier.cases.events import CaseChanged
from dossier.forms.events import FormCreated, FormReviewed
from dossier.foundation.database import Transaction
from dossier.messages.events import MessageBounced, MessageFailed, MessageReceived, MessageSent
from dossier.steps.actions import answers, closing, due, messages, opening
from dossier.steps.actions.counting import count


async def tell_of_message(
    transaction: Transaction, fact: MessageSent | MessageFailed | MessageBounced | MessageReceived
) -> None:
    """The case that a message is about has it in its history what became of it, and its steps are as far as that."""
    await messages.tell(transaction, fact.message)


async def close_forms(transaction: Transaction, fact: CaseChanged) -> None:
    """A case that is put away has no open form; a step that is called off has none either, and one that starts anew another one."""
    if fact.case.archived_at and not fact.before.archived_at:
        await forms.put_away_of_case(transaction, fact.case.workspace_id, fact.case.id)
    for form_id in closing.forms_to_close(fact.before, fact.case):
        await forms.put_away(transaction, form_id)


async def count_made(transaction: Transaction, fact: FormCreated) -> None:
    """A form that somebody made for a case counts; one that a step made is counted with that."""
    if fact.case_id and fact.step is None:
        await count(transaction, fact.workspace_id, fact.case_id)


async def count_reviewed(transaction: Transaction, fact: FormReviewed) -> None:
    """What was looked through counts; and what is accepted about the person is what is known of them."""
    if fact.case_id is None:
        return
    if fact.accepted:
        await answers.accept(transaction, fact.case_id, fact.form_id, tuple(fact.accepted))
    await count(transaction, fact.workspace_id, fact.case_id)


check_form_template = opening.check
"""A form template opens cases of templates that there are, whose fields take what is answered."""
take_answers = answers.take
"""What was handed in is data of the case."""
note_declined = answers.decline
"""The step of a form that was declined has failed."""
follow_form = answers.follow
"""What becomes of a form moves its step."""

plan = due.replan
"""What is to be done with the steps of a case at a time is known to the jobs that do it."""
