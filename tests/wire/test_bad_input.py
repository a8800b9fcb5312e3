"""What bad input gets: a clear error, and nothing is written."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from dossier.foundation.identifiers import new_id
from tests.many import left_to_ci, some
from tests.world import Api, World, errors

OPTIONS = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
FIELDS = [
    {"key": "text", "type": "text", "name": "T", "maxlength": 5},
    {"key": "word", "type": "text", "name": "W", "pattern": "^(a+)+$"},
    {"key": "number", "type": "number", "name": "N", "min": 0, "decimals": 2},
    {"key": "currency", "type": "currency", "name": "C"},
    {"key": "date", "type": "date", "name": "D", "max": "today"},
    {"key": "checkbox", "type": "checkbox", "name": "K"},
    {"key": "choices", "type": "choices", "name": "H", "options": OPTIONS},
    {"key": "multiple_choice", "type": "multiple_choice", "name": "M", "options": OPTIONS, "max_selections": 1},
    {"key": "file", "type": "file", "name": "F"},
    {"key": "signature", "type": "signature", "name": "S"},
    {"key": "api_call", "type": "api_call", "name": "A"},
    {"key": "email", "type": "email", "name": "E"},
    {"key": "phone", "type": "phone", "name": "P"},
    {"key": "iban", "type": "iban", "name": "I"},
    {"key": "country", "type": "country", "name": "L"},
    {"key": "address", "type": "address", "name": "R"},
    {"key": "table", "type": "table", "name": "B", "columns": [{"key": "n", "type": "number", "name": "N"}]},
    {"key": "url", "type": "url", "name": "U"},
    {"key": "time", "type": "time", "name": "O", "min": "08:00"},
    {"key": "national_number", "type": "national_number", "name": "NN", "country": "BE"},
    {"key": "computed", "type": "computed", "name": "CO", "formula": "number * 2", "result": "number"},
    {"key": "company_number", "type": "company_number", "name": "CN", "country": "NL"},
]

WRONG: dict[str, list[Any]] = {
    "text": [1, True, [], {}, "123456", "a\nb"],
    "word": ["b", "a" * 40_000 + "b"],
    "number": ["1", True, [], {}, -1, 1.234],
    "currency": ["1", False, 1.234],
    "date": [20260101, "2026-02-30", "01/02/2026", "2026-1-1", "2999-01-01", "20260101"],
    "checkbox": ["true", 1, 0],
    "choices": ["c", 1, ["a"]],
    "multiple_choice": ["a", ["c"], ["a", "a"], ["a", "b"], [1], {}],
    "file": ["x", 1, True, ["x"], [1], {"name": "a"}, [[]]],
    "signature": ["x"],
    "api_call": [{}],
    "email": ["nope", 1, "a@b@c"],
    "phone": ["12", 32470123456],
    "iban": ["BE00 0000", 1],
    "country": ["Belgium", "be", 1],
    "address": ["Main street", {"street": 1}, {"planet": "Mars"}, {"country": "Mars"}],
    "table": [{}, [1], [{"m": 1}], [{"n": "x"}]],
    "url": [
        "example.org",
        "javascript:alert(1)",
        "https://a@b.example",
        "https://exa mple.org",
        "ftp://example.org",
        1,
    ],
    "time": ["7:30", "24:00", "07:30", "14:30:00", 1430],
    "national_number": ["85.07.30-033.29", "12", 85073003328],
    "computed": [1, "1", {}],
    "company_number": ["1234567", "123456789", 12345678],
}


@pytest.fixture
def case(make_template: Any, make_case: Any) -> dict[str, Any]:
    return make_case(template={"id": make_template(schema=FIELDS)["id"]})


@pytest.fixture
def untouched(api: Api, case: dict[str, Any]) -> Iterator[str]:
    """The address of a case that must be as it was afterwards."""
    yield f"/v1/cases/{case['id']}"
    assert api.json("GET", f"/v1/cases/{case['id']}") == case
    assert api.json("GET", f"/v1/cases/{case['id']}/history")["meta"]["total_count"] == 1


@pytest.mark.long
@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG.items() for value in some(values)])
def test_a_wrong_value_of_each_type(api: Api, untouched: str, key: str, value: Any) -> None:
    response = api.post(f"{untouched}/data", json={"data": {key: value}})
    assert response.status_code == 400
    [problem] = response.json()["errors"]
    assert problem["source"]["pointer"].startswith(f"/data/{key}")
    assert problem["code"] == ("read_only_field" if key in ("signature", "api_call", "computed") else "invalid_value")
    assert len(problem["detail"]) < 300


@pytest.mark.long
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "missing_body"),
        (b"[]", "invalid_type"),
        (b"{}", "missing_member"),
        (b'{"data":null}', "invalid_type"),
        (b'{"data":[]}', "invalid_type"),
        (b'{"data":{"number":NaN}}', "malformed_json"),
        (b'{"data":{"number":Infinity}}', "malformed_json"),
        (b'{"data":{"number":1e400}}', "malformed_json"),
        (b'{"data":{"number":1e100000}}', "malformed_json"),
        (b'{"data":{"number":' + b"9" * 35 + b"}}", "malformed_json"),
        (b'{"data":{"number":1,"number":2}}', "malformed_json"),
        (b'{"data":{},"data":{"number":1}}', "malformed_json"),
        (b'{"data":' + b"[" * 40 + b"]" * 40 + b"}", "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b'{"data":{"text":"\\u0000"}}', "invalid_value"),
        (b'{"data":{"text":"\\ud800"}}', "invalid_value"),
        (b'{"data":{"te\\u0000xt":"a"}}', "invalid_value"),
        (b'{"data":{"text":"\xff"}}', "malformed_json"),
        (b'{"data":{"text":"a}', "malformed_json"),
        (b'"' + b"a" * 1000, "malformed_json"),
    ],
)
def test_a_malformed_body(api: Api, untouched: str, body: bytes, code: str) -> None:
    response = api.post(f"{untouched}/data", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert {each["code"] for each in response.json()["errors"]} == {code}


@pytest.mark.parametrize(
    "key",
    [
        "__proto__",
        "constructor",
        "$where",
        "'; DROP TABLE cases; --",
        "../../etc/passwd",
        "data.text",
        "TEXT",
        "a" * 121,
        "",
        "té",
    ],
)
def test_keys_that_look_like_tricks_are_just_unknown(api: Api, untouched: str, key: str) -> None:
    response = api.post(f"{untouched}/data", json={"data": {key: "x"}})
    assert (response.status_code, list(errors(response).values())) == (400, ["unknown_field"])


def test_ten_thousand_keys(api: Api, untouched: str) -> None:
    began = time.process_time()
    response = api.post(f"{untouched}/data", json={"data": {f"k{n}": n for n in range(10_000)}})
    assert response.status_code == 400
    assert len(response.json()["errors"]) == 10_000
    assert time.process_time() - began < 10


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/json; charset=latin-1", ""])
def test_a_body_that_is_not_json_in_utf8(api: Api, untouched: str, content_type: str) -> None:
    response = api.post(f"{untouched}/data", content=b"{}", headers={"Content-Type": content_type})
    assert response.status_code == 415


def test_a_body_of_ten_megabytes_sent_at_once_sees_its_413(world: World, api: Api, untouched: str) -> None:
    body = b'{"data":{"text":"' + b"a" * 10_000_000 + b'"}}'
    response = api.post(f"{untouched}/data", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, errors(response)) == (413, {"": "too_large"})
    with _connection(world) as raw:  # as a client that sends everything before it reads anything
        token = api.headers["authorization"]
        head = (
            f"POST {untouched}/data HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n"
        )
        raw.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert raw.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_body_without_end_is_cut_off(world: World, api: Api, untouched: str) -> None:
    with _connection(world) as raw:
        token = api.headers["authorization"]
        head = (
            f"POST {untouched}/data HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n"
        )
        raw.sendall(f"{head}Content-Length: {10**10}\r\n\r\n".encode())
        with pytest.raises(OSError):  # noqa: PT011 - broken pipe or reset, as the system likes
            for _ in range(200):
                raw.sendall(b"a" * 1_000_000)


@left_to_ci("waits for the ten seconds that a body has", "wire/test_http.py::test_heads_have_a_deadline")
@pytest.mark.long
def test_a_slow_body_is_given_up(world: World, api: Api, untouched: str) -> None:
    with _connection(world) as raw:
        token = api.headers["authorization"]
        head = (
            f"POST {untouched}/data HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n"
        )
        raw.sendall(f'{head}Content-Length: 100\r\n\r\n{{"data":'.encode())
        answer = raw.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"did not arrive within" in answer


def _connection(world: World) -> socket.socket:
    host, port = world.server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30)


@pytest.mark.parametrize(
    "id", ["nope", "01234567-89ab", "{01a20bde-0659-73cb-9177-9c907f6e226d}", "%00", "1' OR '1'='1"]
)
def test_a_malformed_uuid(api: Api, id: str) -> None:
    for method, path in (("GET", ""), ("POST", "/data"), ("DELETE", ""), ("GET", "/history")):
        body = {"json": {"data": {}}} if method == "POST" else {}
        response = api.request(method, f"/v1/cases/{id}{path}", **body)
        assert (response.status_code, errors(response)) == (400, {"id": "invalid_uuid"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/form_templates/%00/options"),
        ("GET", "/form_templates/a%00/steps"),
        ("GET", "/form_templates/%00/document"),
        ("PUT", "/form_templates/%00"),
        ("POST", "/form_templates/%00"),
        ("POST", "/form_templates/%00/publish"),
        ("GET", "/flows/%00/options"),
        ("PUT", "/option_lists/%00"),
        ("DELETE", "/option_lists/%00"),
        ("POST", "/cases/{case}/start/%00"),
        ("PATCH", "/cases/{case}/steps/%00"),
    ],
)
def test_a_name_that_no_text_has_is_missing(api: Api, make_case: Any, method: str, path: str) -> None:
    bodies: dict[str, Any] = {
        "PUT": {"title": "T", "options": [], "pages": []},
        "POST": {"enabled": True},
        "PATCH": {"status": "completed"},
    }
    if path.endswith("publish") or "/start/" in path:
        bodies = {}
    body = {"json": bodies[method]} if method in bodies else {}
    refused = api.request(method, f"/v1{path.replace('{case}', make_case()['id'])}", **body)
    assert refused.status_code in (400, 404), refused.text


def test_a_case_that_does_not_exist(api: Api, make_template: Any) -> None:
    template = make_template()["id"]
    for id in (str(new_id()), template):
        assert api.get(f"/v1/cases/{id}").status_code == 404
        assert api.post(f"/v1/cases/{id}/data", json={"data": {}}).status_code == 404


def test_the_order_of_checks(world: World, api: Api, untouched: str) -> None:
    missing = f"/v1/cases/{new_id()}/data"
    with world.client() as nobody:
        assert nobody.post("/v1/nowhere", content=b"x").status_code == 401
        assert nobody.put(missing).status_code == 401
    assert api.put(missing, content=b"x").status_code == 405
    assert api.post(missing, content=b"x").status_code == 415
    assert api.post(missing, json=[]).status_code == 400
    assert api.post(missing, json={"data": {"nope": 1}}).status_code == 404
    stale = {"If-Match": '"0"'}
    assert api.post(f"{untouched}/data", json={"data": {"nope": 1}}, headers=stale).status_code == 400


@pytest.mark.parametrize("header", ["7", "W/7", '"x"', '"7", "8"', '"7-"', ""])
def test_if_match_must_be_an_etag(api: Api, untouched: str, header: str) -> None:
    response = api.post(f"{untouched}/data", json={"data": {"number": 1}}, headers={"If-Match": header})
    assert (response.status_code, errors(response)) == (400, {"If-Match": "invalid_header"})


def test_an_idempotency_key_has_a_length(api: Api, untouched: str) -> None:
    for key in ("", '""', "k" * 256):
        response = api.post(f"{untouched}/data", json={"data": {"number": 1}}, headers={"Idempotency-Key": key})
        assert (response.status_code, errors(response)) == (400, {"Idempotency-Key": "invalid_header"})


def test_an_unknown_parameter_of_a_write_is_refused(api: Api, untouched: str) -> None:
    response = api.post(f"{untouched}/data?dryrun=true", json={"data": {"number": 1}})
    assert (response.status_code, errors(response)) == (400, {"dryrun": "unknown_parameter"})


def test_errors_as_rfc_9457(api: Api, untouched: str) -> None:
    headers = {"Accept": "application/problem+json"}
    response = api.post(f"{untouched}/data", json={"data": {"nope": 1}}, headers=headers)
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.json()["status"], response.json()["title"]) == (400, "Bad Request")
    assert response.json()["errors"][0]["source"] == {"pointer": "/data/nope"}


def test_bad_templates(api: Api) -> None:
    field = {"key": "a", "type": "text", "name": "A"}
    refused: list[tuple[dict[str, Any], str]] = [
        ({}, "/title"),
        ({"title": "T", "schema": [field, field]}, "/schema/1/key"),
        ({"title": "T", "schema": [{**field, "type": "txt"}]}, "/schema/0/type"),
        ({"title": "T", "schema": [{**field, "pattern": "(a"}]}, "/schema/0/pattern"),
        ({"title": "T", "schema": [{**field, "pattern": "(?=a)"}]}, "/schema/0/pattern"),
        ({"title": "T", "schema": [{**field, "key": "A-B"}]}, "/schema/0/key"),
        ({"title": "T", "schema": [{**field, "section": "nope"}]}, "/schema/0/section"),
        ({"title": "T", "steps": [{"key": "s", "title": "S", "type": "fax"}]}, "/steps/0/type"),
        ({"title": "T", "steps": [{"key": "s", "title": "S", "type": "task", "recipient": "x"}]}, "/steps/0/recipient"),
        ({"title": "T", "statuses": [{"key": "draft", "label": "D", "parent_status": "closed"}]}, "/statuses/0/parent_status"),
        ({"title": "T", "statuses": [{"key": "s", "label": "S", "parent_status": "done"}]}, "/statuses/0/parent_status"),
        ({"title": "T", "statuses": [{"key": "s", "label": "S", "parent_status": "closed",
                                      "when": {"condition": {"data.a": {"$like": 1}}}}]},
         "/statuses/0/when/condition/data.a/$like"),
        ({"title": "T", "statuses": [{"key": "s", "label": "S", "parent_status": "closed",
                                      "when": {"watch": ["colour"], "condition": {}}}]}, "/statuses/0/when/watch/0"),
        ({"title": "T", "colour": "red"}, "/colour"),
    ]  # fmt: skip
    for document, where in refused:
        response = api.post("/v1/case_templates", json=document)
        assert (response.status_code, list(errors(response))) == (400, [where]), response.text
    assert api.json("GET", "/v1/case_templates")["data"] == []


def test_json_bodies_survive_odd_but_right_spelling(api: Api, case: dict[str, Any]) -> None:
    body = json.dumps({"data": {"text": "é", "number": 1.50}}).encode().replace(b'"text"', b'"te\\u0078t"')
    response = api.post(
        f"/v1/cases/{case['id']}/data",
        content=b"\n " + body,
        headers={"Content-Type": "application/json; charset=UTF-8"},
    )
    assert response.status_code == 200


def test_a_byte_order_mark_is_skipped(api: Api, untouched: str) -> None:
    """[F22] As RFC 8259 section 8.1 lets a reader do."""
    response = api.post(
        f"{untouched}/data", content=b'\xef\xbb\xbf{"data":{}}', headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 200
