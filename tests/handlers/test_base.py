"""The HTTP door (architecture 3 and 7): every refusal is a fact with a stable code, and nothing personal is logged."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import hdrs
from yarl import URL

from handlers.body_limit import DROPPED_BYTES, MAX_BODY_BYTES
from schemas.problems import PROBLEMS
from server import logs
from server.embedded.ports import choose
from server.setting_values import decode_keys
from server.settings import Settings
from server.web import Web
from server.wiring import House, build
from services.clock import utc_now
from services.ids import new_id
from tests.house import Person, client, lawyer, open_doors, open_house, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE

PHONE = "13912345678"
SECRET = "绝密的案情"


class Door:
    """A served house, and who knocks."""

    def __init__(self, house: House, url: str, http: aiohttp.ClientSession, wang: Person, li: Person) -> None:
        self.house = house
        self.url = url
        self.http = http
        self.wang = wang
        self.li = li

    async def call(
        self, method: str, path: str, body: bytes | None = None, who: Person | str | None = None, **headers: str
    ) -> aiohttp.ClientResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("Content-Type", "application/json")
        if who is not None:
            sent["Authorization"] = f"Bearer {who if isinstance(who, str) else who.token}"
        answer = await self.http.request(
            method, URL(self.url + path, encoded=True), data=body, headers=sent, allow_redirects=False
        )
        await answer.read()
        return answer


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def door(house: House) -> AsyncIterator[Door]:
    async with open_doors(house) as url, aiohttp.ClientSession(auto_decompress=False) as http:
        yield Door(house, url, http, await client(house), await lawyer(house))


@pytest.fixture
def written() -> Iterator[Callable[[], str]]:
    """Everything that is logged meanwhile, as the product writes it."""
    stream = io.StringIO()
    handler = logs.handler_for(stream, "json")
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(before)


async def refused(answer: aiohttp.ClientResponse, status: int, code: str) -> dict[str, Any]:
    """The answer is RFC 9457 with everything that the architecture promises."""
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    problem: dict[str, Any] = json.loads(await answer.read())
    assert (answer.status, problem["code"]) == (status, code), problem
    known = PROBLEMS[code]
    assert problem["status"] == status
    assert problem["type"] == f"/docs/problems#{code}"
    assert (problem["errcode"], problem["errmsg"]) == (known.errcode, known.title)
    assert problem["retryable"] is known.retryable
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert "Server" not in answer.headers
    return problem


GOOD = json.dumps({"display_name": "王晓"}).encode()


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "request.bad_json"),
        (b"\xff\xfe", "application/json", 400, "request.bad_json"),
        (b'{"display_name": "\\ud800"}', "application/json", 400, "request.bad_json"),
        (b"[" * 100_000, "application/json", 400, "request.bad_json"),
        (b"NaN", "application/json", 400, "request.bad_json"),
        (b"[]", "application/json", 422, "request.invalid"),
        (b"null", "application/json", 422, "request.invalid"),
        (b'"text"', "application/json", 422, "request.invalid"),
        (b"{}", "application/json", 422, "request.invalid"),
        (b"", "application/json", 422, "request.invalid"),
        (b'{"display_name": 7}', "application/json", 422, "request.invalid"),
        (b'{"display_name": {"$ne": ""}}', "application/json", 422, "request.invalid"),
        (b'{"display_name": "x", "roles": ["ops"]}', "application/json", 422, "request.invalid"),
        (GOOD, "text/plain", 415, "request.content_type"),
        (GOOD, "application/jsonp", 415, "request.content_type"),
        (GOOD, "", 415, "request.content_type"),
        (b"display_name=x", "application/x-www-form-urlencoded", 415, "request.content_type"),
    ],
)
async def test_a_body_that_cannot_be_used(door: Door, body: bytes, content_type: str, status: int, code: str) -> None:
    answer = await door.call("PATCH", "/api/v1/me", body, door.wang, Content_Type=content_type)
    await refused(answer, status, code)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_json_however_it_is_written(door: Door, content_type: str) -> None:
    answer = await door.call("PATCH", "/api/v1/me", GOOD, door.wang, Content_Type=content_type)
    assert (answer.status, (await answer.json())["display_name"]) == (200, "王晓")


async def test_faulty_fields_are_named_and_their_values_are_not_repeated(
    door: Door, written: Callable[[], str]
) -> None:
    """K2."""
    body = json.dumps({"phone": f"{PHONE}9", SECRET: SECRET, "code": [SECRET]}).encode()
    problem = await refused(await door.call("POST", "/api/v1/auth/phone", body), 422, "request.invalid")
    assert {error["field"] for error in problem["errors"]} >= {"phone", "code"}
    assert all(set(error) == {"field", "message", "type"} for error in problem["errors"])
    assert PHONE not in json.dumps(problem)
    assert SECRET not in json.dumps([error for error in problem["errors"] if error["field"] != SECRET])
    assert PHONE not in written()
    assert SECRET not in written()


async def test_a_multipart_body_that_is_none(door: Door) -> None:
    answer = await door.call("POST", "/api/v1/auth/phone", b"--nothing", Content_Type="multipart/form-data; boundary=x")
    assert answer.status in (415, 422)
    await refused(answer, answer.status, "request.content_type" if answer.status == 415 else "request.invalid")


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_too_large_is_told_so_and_the_connection_can_go_on(door: Door, chunked: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 65_536 + 2):
            yield b" " * 65_536

    body: Any = pieces() if chunked else b" " * (MAX_BODY_BYTES + 1)
    await refused(await door.call("PATCH", "/api/v1/me", body, door.wang), 413, "request.too_large")
    exact = GOOD + b" " * (MAX_BODY_BYTES - len(GOOD))
    assert (await door.call("PATCH", "/api/v1/me", exact, door.wang)).status == 200


async def test_a_body_of_a_gigabyte_is_refused_by_its_announcement(door: Door) -> None:
    host, port = door.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for size in (DROPPED_BYTES + 1, 10**9, 10**30):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"PATCH /api/v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
        assert answer.startswith(b"HTTP/1.1 413 "), answer[:60]
        assert b'"code":"request.too_large"' in answer
        writer.close()


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Secret: " + b"s" * 70_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /secret?phone=13912345678\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nbroken 13912345678\r\n\r\n",
    ],
    ids=["oversized", "negative", "two lengths", "no version", "tls", "no colon"],
)
async def test_what_is_no_http_is_broken_off_without_a_word_about_it(
    door: Door, written: Callable[[], str], head: bytes
) -> None:
    host, port = door.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head)
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    assert answer in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()
    assert PHONE not in written()
    assert (await door.call("GET", "/healthz")).status == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/orders/xyz", "/api/v1/orders/" + "F" * 24, "/api/"])
async def test_an_unknown_address(door: Door, method: str, path: str) -> None:
    await refused(await door.call(method, path, who=door.wang), 404, "request.not_found")


@pytest.mark.parametrize(
    "path", ["/assets/nothing.js", "/assets/..%2f..%2f..%2fetc/passwd", "/assets/%2e%2e%2findex.html"]
)
async def test_an_unknown_asset(door: Door, path: str, written: Callable[[], str]) -> None:
    await refused(await door.call("GET", path), 404, "request.not_found")
    assert "nothing.js" not in written()


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/api/v1/me", "GET, PATCH, HEAD"),
        ("OPTIONS", "/api/v1/me", "GET, PATCH, HEAD"),
        ("GET", "/api/v1/sync", "POST"),
        ("HEAD", "/api/v1/sync", "POST"),
        ("BREW", "/api/v1/me", "GET, PATCH, HEAD"),
        ("POST", "/", "GET, HEAD"),
    ],
)
async def test_a_method_that_is_not_there(door: Door, method: str, path: str, allow: str) -> None:
    answer = await door.call(method, path, who=door.wang)
    assert answer.headers["Allow"] == allow
    if method == "HEAD":
        assert (answer.status, await answer.read()) == (405, b"")
    else:
        await refused(answer, 405, "request.method")


async def test_invented_methods_do_not_fill_the_metrics(door: Door) -> None:
    for number in range(20):
        await door.call(f"BREW{number}", "/api/v1/me")
    text = await (await door.call("GET", "/metrics")).text()
    assert "BREW" not in text
    assert 'method="other"' in text


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/products", "/openapi.json"])
async def test_head_is_get_without_the_content(door: Door, path: str) -> None:
    got, head = await door.call("GET", path), await door.call("HEAD", path)
    assert (head.status, await head.read()) == (200, b"")
    for name in (hdrs.CONTENT_TYPE, hdrs.CONTENT_LENGTH):
        assert head.headers[name] == got.headers[name]
    always = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    assert always.items() <= dict(got.headers).items()


def token(settings: Settings, person: Person, **claims: Any) -> str:
    """An access token of our own making, right in everything but the claims given."""
    header = jwt.get_unverified_header(person.token)
    claims = jwt.decode(person.token, options={"verify_signature": False}) | claims
    return jwt.encode(claims, decode_keys(settings.token_keys)[header["kid"]], "HS256", header)


async def test_tokens_that_are_not_good(door: Door, written: Callable[[], str]) -> None:
    settings, wang = door.house.settings, door.wang
    head, body, signature = wang.token.split(".")
    past = int((utc_now() - timedelta(minutes=5)).timestamp())
    claims = jwt.decode(wang.token, options={"verify_signature": False})
    revoked = await client(door.house)
    await door.house.services.sessions.revoke(revoked.actor.session_id, "logout", revoked.actor)
    for given, code in [
        (None, "auth.required"),
        ("", "auth.required"),
        ("x", "auth.token_invalid"),
        (f"{head}.{body}.{signature[::-1]}", "auth.token_invalid"),
        (f"{head}.{body}.", "auth.token_invalid"),
        (jwt.encode(claims, "k" * 32, "HS256", jwt.get_unverified_header(wang.token)), "auth.token_invalid"),
        (jwt.encode(claims, "k" * 32, "HS256", {"kid": "none such"}), "auth.token_invalid"),
        (jwt.encode(claims, "", "none", {"kid": "t1", "typ": "at+jwt"}), "auth.token_invalid"),
        (token(settings, wang, exp=past), "auth.token_expired"),
        (revoked.token, "auth.session_revoked"),
    ]:
        answer = await door.call("GET", "/api/v1/me", who=given)
        await refused(answer, 401, code)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert (await door.call("GET", "/api/v1/me", who=token(settings, wang))).status == 200
    for scheme in ("Basic", "bearer\t", "Token"):
        answer = await door.call("GET", "/api/v1/me", Authorization=f"{scheme} {wang.token}")
        await refused(answer, 401, "auth.required")
    assert signature not in written()


async def test_the_wrong_role(door: Door) -> None:
    body = json.dumps({"lawyer_id": new_id()}).encode()
    answer = await door.call("POST", f"/api/v1/orders/{new_id()}/assign", body, door.wang)
    await refused(answer, 403, "auth.forbidden")
    order = json.dumps({"product_id": new_id(), "need": {}}).encode()
    answer = await door.call("POST", "/api/v1/orders", order, door.li, Idempotency_Key=new_id())
    await refused(answer, 403, "auth.forbidden")


async def test_not_a_member_reads_as_not_there(door: Door) -> None:
    stranger = await client(door.house)
    space_id = await space_of(door.house, door.wang)
    body = json.dumps({"client_msg_id": "m", "type": "text", "body": {"text": "x"}}).encode()
    for method, path, content in [
        ("GET", "", None),
        ("GET", "/messages", None),
        ("POST", "/messages", body),
        ("POST", "/messages/1/recall", None),
        ("POST", "/read", b'{"seq": 1}'),
        ("POST", "/files", b'{"name":"a.png","content_type":"image/png","size":9}'),
    ]:
        answer = await door.call(method, f"/api/v1/spaces/{space_id}{path}", content, stranger)
        await refused(answer, 404, "space.not_found")
        missing = await door.call(method, f"/api/v1/spaces/{new_id()}{path}", content, stranger)
        await refused(missing, 404, "space.not_found")


@pytest.mark.parametrize("key", [None, "", "short12", "x" * 129, "with space 1", "密钥密钥密钥密钥"])
async def test_a_missing_or_unusable_idempotency_key(door: Door, key: str | None) -> None:
    body = json.dumps({"product_id": new_id(), "need": {}}).encode()
    headers = {} if key is None else {"Idempotency_Key": key}
    answer = await door.call("POST", "/api/v1/orders", body, door.wang, **headers)
    await refused(answer, 400, "idempotency.key_missing")


@pytest.mark.parametrize(
    ("given", "echoed"),
    [
        ("client-7.A_x", True),
        ("x" * 64, True),
        ("short", False),
        ("x" * 65, False),
        ("white space here", False),
        ("<script>alert(1)</script>", False),
    ],
)
async def test_request_ids_are_echoed_when_they_are_harmless(
    door: Door, written: Callable[[], str], given: str, echoed: bool
) -> None:
    answer = await door.call("GET", "/api/v1/me", X_Request_Id=given)
    assert (answer.headers["X-Request-Id"] == given) is echoed
    await refused(answer, 401, "auth.required")
    (line,) = [json.loads(line) for line in written().splitlines() if "casespace.http" in line]
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["status"], line["code"], line["level"]) == (401, "auth.required", "info")


async def test_a_query_that_is_not_known(door: Door) -> None:
    for query in ("limit=0", "limit=x", "limit=5&nothing=1", "cursor=%ff%fe", "limit=5;drop"):
        answer = await door.call("GET", f"/api/v1/orders?{query}", who=door.wang)
        await refused(answer, 422, "request.invalid")
    await refused(await door.call("GET", "/api/v1/products/%ff%fe"), 422, "request.invalid")


async def test_the_log_line_names_the_route_and_nothing_of_the_request(door: Door, written: Callable[[], str]) -> None:
    """K2: no bodies, no tokens, no tickets, no addresses of things."""
    space_id = await space_of(door.house, door.wang)
    body = json.dumps({"client_msg_id": "m", "type": "text", "body": {"text": SECRET}}, ensure_ascii=False).encode()
    path = f"/api/v1/spaces/{space_id}/messages"
    assert (await door.call("POST", path, body, door.wang)).status == 201
    ticket = "ticket-of-a-link"
    await door.call("GET", f"/api/v1/files/{new_id()}/content?ticket={ticket}", User_Agent="Phone of 王晓")
    line = next(json.loads(line) for line in written().splitlines() if '"status": 201' in line)
    assert line["message"] == "POST /api/v1/spaces/{space_id}/messages 201"
    assert line["user_id"] == door.wang.id
    assert set(line) <= {"time", "level", "logger", "message", "request_id", "status", "ms", "user_id", "code"}
    for hidden in (SECRET, door.wang.token, ticket, space_id, "Phone of"):
        assert hidden not in written()


async def test_a_fault_of_our_own_is_told_as_such_and_its_trace_holds_no_input(
    door: Door, written: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise ValueError(f"cannot make sense of {PHONE}")

    with monkeypatch.context() as patch:
        patch.setattr(type(door.house.services.accounts), "me", broken)
        answer = await door.call("GET", "/api/v1/me", who=door.wang)
    problem = await refused(answer, 500, "server.internal")
    assert PHONE not in json.dumps(problem)
    assert "ValueError" not in json.dumps(problem)
    assert PHONE not in written()
    fault = next(json.loads(line) for line in written().splitlines() if "exc_info" in line)
    assert fault["request_id"] == problem["request_id"]
    assert "in broken" in fault["exc_info"]
    assert "ValueError" in fault["exc_info"]
    assert (await door.call("GET", "/api/v1/me", who=door.wang)).status == 200


async def test_rate_limits_are_announced_and_kept_for_each_person(make_settings: SettingsMaker) -> None:
    async with (
        open_house(make_settings(rate_limits=True)) as house,
        open_doors(house) as url,
        aiohttp.ClientSession() as http,
    ):
        door = Door(house, url, http, await client(house), await client(house))
        answer = await door.call("GET", "/api/v1/me", who=door.wang)
        limit, left = int(answer.headers["RateLimit-Limit"]), int(answer.headers["RateLimit-Remaining"])
        assert (limit, left) == (240, 239)
        assert 0 < int(answer.headers["RateLimit-Reset"]) <= 60
        absent = await door.call("GET", f"/api/v1/spaces/{new_id()}", who=door.wang)
        assert int(absent.headers["RateLimit-Remaining"]) == 238
        while answer.status == 200:
            answer = await door.call("GET", "/api/v1/me", who=door.wang)
        await refused(answer, 429, "request.rate_limited")
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.headers["RateLimit-Remaining"] == "0"
        assert (await door.call("GET", "/api/v1/me", who=door.li)).status == 200


async def test_a_database_that_is_away_is_said_to_be(make_settings: SettingsMaker, written: Callable[[], str]) -> None:
    """Retryable, with Retry-After; the process lives on, and says that it is not ready."""
    nobody = f"mongodb://127.0.0.1:{choose(set())}/?replicaSet=rs0"
    house = build(make_settings(mongo_uri=nobody))
    web = Web(house)
    await web.start()
    try:
        async with aiohttp.ClientSession() as http:
            door = Door(house, f"http://127.0.0.1:{web.port}", http, None, None)  # type: ignore[arg-type]
            code = json.dumps({"login": "nobody", "password": "x" * 12}).encode()
            for answer in await asyncio.gather(  # each waits for the whole time-out
                door.call("GET", "/api/v1/products"),
                door.call("POST", "/api/v1/auth/staff", code),
                door.call("GET", "/readyz"),
            ):
                await refused(answer, 503, "server.unavailable")
                assert answer.headers["Retry-After"] == "1"
            assert (await door.call("GET", "/healthz")).status == 200
    finally:
        await web.stop()
        await house.close()
    assert "unhandled" not in written()
