"""What a message conceals is read by whom it is to, and by nobody else; where nothing leaves the house, the outbox shows it."""

from dossier.foundation.messages import Message as Sentence
from dossier.foundation.outgoing import NotTaken
from dossier.foundation.testing.outgoing import FakeMail
from dossier.messages.model import CONCEALED, Message
from tests.messages.support import ANN, Post
from tests.messages.test_sending import now, text
from tests.world import Api

CODE = "271828"


def put(post: Post) -> Message:
    return post.put(ANN, text=f"{CODE} is your code.", html=f"<p>{CODE}</p>", subject=f"Code {CODE}", conceals=CODE)


def test_a_code_reaches_whom_it_is_to_alone(post: Post, mail: FakeMail, api: Api) -> None:
    message = put(post)
    waiting = api.json("GET", f"/v1/messages/{message.id}")
    post.work()
    ((taken, _),) = mail.taken
    assert CODE in text(taken)
    sent = api.json("GET", f"/v1/messages/{message.id}")
    for each in (waiting, sent):
        assert (each["text"], each["html"]) == (f"{CONCEALED} is your code.", f"<p>{CONCEALED}</p>")
    assert CODE not in api.get("/v1/messages").text
    kept = now(post, message)
    assert CODE not in f"{kept.subject}{kept.text}{kept.html}{kept.conceals}"


def test_a_code_that_was_not_taken_is_not_sent_again(post: Post, mail: FakeMail) -> None:
    message = put(post)
    mail.refusal = NotTaken(Sentence("Never."), for_good=True)
    post.work()
    kept = now(post, message)
    assert (kept.status, CODE in kept.text) == ("failed", False)
    refused = post.act(message.id, "retry")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "not_again")


def test_in_the_outbox_it_is_there_as_they_would_get_it(house: Post, api: Api) -> None:
    message = put(house)
    house.work()
    assert CODE in api.json("GET", f"/v1/messages/{message.id}")["text"]
