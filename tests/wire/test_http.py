"""HTTP itself: whole bodies whatever is offered besides, one answer for one request, heads with an end."""

import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from dossier.foundation.http import protocol
from tests.world import Api, World, values

FIELD = {"key": "note", "type": "text", "name": "Note", "multiline": True}


class Wire:
    """A connection of bytes."""

    def __init__(self, world: World, seconds: float = 10) -> None:
        self.host, _, port = world.server.url.removeprefix("http://").partition(":")
        self.seconds = seconds
        self.socket = socket.create_connection((self.host, int(port)), timeout=seconds)

    def send(self, data: bytes) -> "Wire":
        self.socket.sendall(data)
        return self

    def answers(self, number: int = 1) -> list[tuple[int, dict[str, str], bytes]]:
        """So many answers, and those that follow within a moment, or all until the server closes."""
        self.socket.settimeout(self.seconds)
        data = b""
        try:
            while chunk := self.socket.recv(65536):
                data += chunk
                self.socket.settimeout(self.seconds if len(_whole(data)) < number else 0.1)
        except TimeoutError:
            pass
        return _whole(data)

    @property
    def closed(self) -> bool:
        try:
            return self.socket.recv(1) == b""
        except OSError:
            return True


def _whole(data: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """Status, fields and body of every answer that is there to its end."""
    found = []
    while b"\r\n\r\n" in data:
        head, _, rest = data.partition(b"\r\n\r\n")
        line, *fields = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in fields)}
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            break
        found.append((int(line.split(" ")[1]), headers, rest[:length]))
        data = rest[length:]
    return found


@pytest.fixture
def case(make_template: Any, make_case: Any) -> str:
    return str(make_case(template={"id": make_template(schema=[FIELD])["id"]})["id"])


@pytest.fixture
def token(world: World, workspace: Any) -> str:
    return world.token(workspace)


def head(method: str, path: str, token: str, **fields: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}"]
    return "\r\n".join(
        [*lines, *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items()), "", ""]
    ).encode()


def json_head(path: str, token: str, body: bytes, **fields: str) -> bytes:
    return head("POST", path, token, Content_Type="application/json", Content_Length=str(len(body)), **fields)


@pytest.mark.parametrize("offer", ["h2c", "TLS/1.3", "websocket", "nothing-known, h2c"])
@pytest.mark.parametrize("apart", [False, True])
def test_a_body_counts_whatever_upgrade_is_offered(
    world: World, api: Api, case: str, token: str, offer: str, apart: bool
) -> None:
    """[F02] As Java's client sends it, in one packet or in two."""
    body = json.dumps({"data": {"note": offer}}).encode()
    first = json_head(f"/v1/cases/{case}/data", token, body, Connection="Upgrade, HTTP2-Settings", Upgrade=offer)
    wire = Wire(world).send(first if apart else first + body)
    if apart:
        time.sleep(0.05)
        wire.send(body)
    [(status, _, _)] = wire.answers()
    assert status == 200
    assert values(api.json("GET", f"/v1/cases/{case}")) == {"note": offer}


def test_an_optional_body_is_not_thrown_away(
    world: World, api: Api, make_template: Any, make_case: Any, token: str
) -> None:
    """[F02] Starting a step with data: the step has it."""
    template = make_template(steps=[{"key": "call", "title": "Call", "type": "task"}])
    case = make_case(template={"id": template["id"]})["id"]
    body = b'{"data": {"called": "yes"}}'
    first = json_head(f"/v1/cases/{case}/start/call", token, body, Connection="Upgrade", Upgrade="h2c")
    assert [each[0] for each in Wire(world).send(first + body).answers()] == [200]
    assert api.json("GET", f"/v1/cases/{case}")["steps"][0]["data"]["called"] == "yes"


def test_a_body_is_never_read_as_the_next_request(world: World, token: str, case: str) -> None:
    """[F03] One request, one answer: what smuggling needs is two."""
    inner = head("GET", "/v1/workspaces", token)
    first = json_head(f"/v1/cases/{case}/data", token, inner, Connection="Upgrade", Upgrade="h2c")
    wire = Wire(world).send(first)
    time.sleep(0.05)
    [(status, _, body)] = wire.send(inner).answers()
    assert (status, json.loads(body)["errors"][0]["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_requests_on_one_connection_are_answered_in_turn(
    world: World, api: Api, case: str, token: str, size: int
) -> None:
    """[F03] With lengths and with chunks, however the bytes are cut into packets."""
    bodies = [json.dumps({"data": {"note": f"{number}\n" * 3}}).encode() for number in range(3)]
    chunked = head(
        "POST", f"/v1/cases/{case}/data", token, Content_Type="application/json", Transfer_Encoding="chunked"
    )
    sent = b""
    for number, body in enumerate(bodies):
        if number == 1:
            half = len(body) // 2
            parts = [body[:half], body[half:]]
            sent += chunked + b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in parts) + b"0\r\n\r\n"
        else:
            sent += json_head(f"/v1/cases/{case}/data", token, body) + body
    sent += head("GET", f"/v1/cases/{case}", token)
    wire = Wire(world)
    for start in range(0, len(sent), size):
        wire.send(sent[start : start + size])
    answers = wire.answers(4)
    assert [each[0] for each in answers] == [200] * 4
    assert values(json.loads(answers[-1][2])) == {"note": "2\n2\n2\n"}


@pytest.mark.parametrize("size", [40_000, 999_983, 10_000_000])
def test_long_bodies_end_where_their_length_says(world: World, api: Api, token: str, size: int) -> None:
    """What follows them on their connection is read as what it is, however the bytes are cut; also behind one that is refused."""
    files = [os.urandom(each) for each in (3_000_000, protocol.LONG + 300, 1_500_000)]
    sent = b""
    for number, content in enumerate(files):
        body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + content + b"\r\n--b--\r\n"
        form, length = "multipart/form-data; boundary=b", str(len(body))
        who = "nobody" if number == 1 else token
        sent += head("POST", "/v1/attachments", who, Content_Type=form, Content_Length=length) + body
        sent += head("GET", "/v1/workspaces", token)
    wire = Wire(world)
    for start in range(0, len(sent), size):
        wire.send(sent[start : start + size])
    answers = wire.answers(6)
    assert [each[0] for each in answers] == [201, 200, 401, 200, 201, 200]
    for answer, content in ((answers[0], files[0]), (answers[4], files[2])):
        got = api.get(f"/v1/attachments/{json.loads(answer[2])['id']}", headers={"Accept": "application/octet-stream"})
        assert got.content == content


def test_a_long_body_that_breaks_ends_its_connection(world: World, token: str) -> None:
    form = head(
        "POST", "/v1/attachments", token, Content_Type="multipart/form-data; boundary=b", Content_Length="9000000"
    )
    wire = Wire(world).send(form + b"--b\r\n" + b"x" * 5_000_000)
    assert [each[0] for each in wire.answers()] == [400]
    half = Wire(world).send(form + b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + b"x" * 5_000_000)
    half.socket.shutdown(socket.SHUT_WR)
    assert half.closed


def test_a_body_in_tiny_chunks_costs_what_its_bytes_do() -> None:
    """What comes alone is not copied; what comes before the one before was read is put behind it, and not all of it anew."""
    connection = protocol.Protocol.__new__(protocol.Protocol)
    connection.flow = Mock()
    connection.cycle = cycle = Mock(response_complete=False, body=bytearray())
    connection.on_body(alone := b"alone")
    assert cycle.body is alone
    connection.on_body(b"x")
    together = cycle.body
    for _ in range(1000):
        connection.on_body(b"x")
    assert cycle.body is together
    assert bytes(together) == alone + b"x" * 1001


def test_curl_offers_http2_and_is_heard(world: World, api: Api, case: str, token: str) -> None:
    """[F02] `curl --http2` over plain text offers h2c."""
    command = ["curl", "-sS", "--http2", "-o", "/dev/null", "-w", "%{http_code}", f"{world.server.url}/v1/cases/{case}/data",
               "-H", f"Authorization: Bearer {token}", "-H", "Content-Type: application/json", "-d", '{"data":{"note":"curl"}}']  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout == "200"
    assert values(api.json("GET", f"/v1/cases/{case}")) == {"note": "curl"}


JAVA = """
import java.net.URI; import java.net.http.*; import java.net.http.HttpRequest.BodyPublishers;
public class Update { public static void main(String[] a) throws Exception {
  var request = HttpRequest.newBuilder(URI.create(a[0])).header("Authorization", "Bearer " + a[1])
    .header("Content-Type", "application/json").POST(BodyPublishers.ofString("{\\"data\\":{\\"note\\":\\"java\\"}}")).build();
  System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode()); } }
"""


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("java"), reason="CI installs a Java; here there is none")
def test_javas_own_client_is_heard(world: World, api: Api, case: str, token: str, tmp_path: Path) -> None:
    """[F02] Its default client offers h2c with every request."""
    (tmp_path / "Update.java").write_text(JAVA)
    command = ["java", str(tmp_path / "Update.java"), f"{world.server.url}/v1/cases/{case}/data", token]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.stdout.strip() == "200", done.stderr
    assert values(api.json("GET", f"/v1/cases/{case}")) == {"note": "java"}


BROKEN = {
    "no http": b"hello\r\n\r\n",
    "http/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "no host": b"GET /livez HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "length and chunks": b"POST /v1/cases HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST /v1/cases HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "odd length": b"POST /v1/cases HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
    "folded field": b"GET /livez HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
    "nul": b"GET /livez HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
    "odd chunk": b"POST /v1/cases HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "blank before colon": b"GET /livez HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n",
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
def test_bad_framing_is_answered_as_json_and_ends_the_connection(world: World, sent: bytes) -> None:
    """[S10] 400 with a request id, in the envelope of every error."""
    wire = Wire(world).send(sent)
    answers = wire.answers()
    status, headers, body = answers[0]
    assert (status, headers["content-type"], headers["connection"]) in (
        (400, "application/json", "close"),
        (401, "application/json", "close"),
    )
    assert len(headers["x-request-id"]) == 36
    assert {"cache-control", "content-security-policy", "x-content-type-options"} <= headers.keys()
    assert json.loads(body)["errors"][0]["status"] == str(status)
    assert len(answers) == 1
    assert wire.closed


def test_http_1_0_needs_no_host(world: World) -> None:
    assert Wire(world).send(b"GET /livez HTTP/1.0\r\n\r\n").answers()[0][0] == 200


@pytest.mark.parametrize("fields", [{"X": "y" * 70_000}, {f"X{n}": "y" for n in range(120)}], ids=["long", "many"])
def test_a_giant_head_is_refused(world: World, token: str, fields: dict[str, str]) -> None:
    """[S10] 64 kB and a hundred fields are enough; no more is ever kept."""
    [(status, _, body)] = Wire(world).send(head("GET", "/v1/cases", token, **fields)).answers()
    assert (status, json.loads(body)["errors"][0]["code"]) == (431, "head_too_large")
    assert Wire(world).send(head("GET", "/v1/cases", token, **{f"X{n}": "y" for n in range(80)})).answers()[0][0] == 200


@pytest.mark.parametrize("framing", [{"Content-Length": "1000000"}, {"Transfer-Encoding": "chunked"}], ids=str)
def test_a_body_that_nobody_reads_has_an_end(
    world: World, framing: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """[S10 R15] Who is answered before the body was there, as without a token, does not hold the connection with it."""
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 0.3)
    wire = Wire(world).send(head("POST", "/v1/cases", "", **framing))
    ends = time.monotonic() + 5
    with pytest.raises(OSError):  # noqa: PT011 - broken pipe or reset
        while time.monotonic() < ends:
            wire.send(b"1\r\na\r\n")
            time.sleep(0.05)


def test_heads_have_a_deadline(world: World, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """[S10 R15] Who sends nothing is let go, who sends half a head is told; a second request has the same time."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 1.0)
    silent, half, second = Wire(world), Wire(world), Wire(world)
    half.send(b"GET /v1/cases HTTP/1.1\r\nHo")
    second.send(head("GET", "/v1/cases", token))
    assert second.answers()[0][0] == 200
    second.send(b"GET /v1/cases HTTP")
    began = time.monotonic()
    [(status, _, body)] = half.answers()
    assert (status, json.loads(body)["errors"][0]["code"]) == (408, "request_timeout")
    assert silent.answers() == []
    assert silent.closed
    assert second.answers()[0][0] == 408
    assert time.monotonic() - began < 8, "not the ten seconds of others"
