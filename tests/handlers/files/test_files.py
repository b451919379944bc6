"""Files over HTTP: tokens, tickets, ranges, headers, and the upload door (contract "Case space"; ruling 15)."""

import asyncio
import itertools
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote

import pytest
import pytest_asyncio
import urllib3
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from handlers import files, uploads
from handlers.base import Edge
from services.actors import Actor
from services.bundle import Services
from services.errors import Problem
from services.media.types import MEGABYTE
from services.rate_limits import RateLimiter
from services.segments import SEGMENT
from tests.parts.databases import SettingsMaker
from tests.services import media_samples as samples
from tests.services.files_world import UPLOAD_MB, World, open_world, peak, peak_reset, person, post_form

JSON = {"Content-Type": "application/json"}


class KnownTokens:
    """Signs in whoever has an actor here; the token is the user's id."""

    def __init__(self) -> None:
        self.actors: dict[str, Actor] = {}

    async def authenticate(self, token: str, *, request_id: str, address: str) -> Actor:
        if token not in self.actors:
            raise Problem("auth.token_invalid")
        return self.actors[token]


@dataclass
class Site:
    world: World
    base: str
    tokens: KnownTokens
    edge: Edge

    def sign_in(self) -> Actor:
        actor = person()
        self.tokens.actors[actor.user_id] = actor
        return actor

    async def call(
        self,
        method: str,
        path: str,
        actor: Actor | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        sent = dict(headers or {})
        if actor is not None:
            sent["Authorization"] = f"Bearer {actor.user_id}"
        if isinstance(body, dict):
            sent, body = sent | JSON, json.dumps(body).encode()
        return await asyncio.to_thread(
            urllib3.request, method, self.base + path, body=body, headers=sent, retries=False, timeout=60
        )

    async def put(self, actor: Actor, space_id: str, content: bytes, content_type: str, name: str = "文件") -> Any:
        """The whole way of a good file, over HTTP; its view."""
        body = {"name": name, "content_type": content_type, "size": len(content)}
        begun = await self.call("POST", f"/api/v1/spaces/{space_id}/files", actor, body)
        assert begun.status == 201, begun.data
        upload = begun.json()["upload"]
        assert (await post_form(upload["url"], upload["fields"], content))[0] == 204
        done = await self.call("POST", f"/api/v1/files/{begun.json()['file_id']}/complete", actor, {})
        assert done.status == 200, done.data
        return done.json()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(make_settings: SettingsMaker) -> AsyncIterator[Site]:
    async with open_world(make_settings()) as world:
        tokens = KnownTokens()

        async def ready() -> dict[str, bool]:
            return {}

        services = SimpleNamespace(files=world.files, sessions=tokens, is_outage=lambda fault: False)
        edge = Edge(
            services=cast(Services, services),
            limiter=RateLimiter(enabled=False),
            observe=lambda route, method, status, seconds: None,
            ready=ready,
            metrics=lambda: b"",
            sandbox_url="http://127.0.0.1:1",
        )
        routes = [*files.ROUTES, *uploads.ROUTES]
        application = Application([(path, handler, {"edge": edge, "route": path}) for path, handler in routes])
        server = HTTPServer(application, max_body_size=MEGABYTE)
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        yield Site(world, f"http://127.0.0.1:{sockets[0].getsockname()[1]}", tokens, edge)
        server.stop()
        await server.close_all_connections()


@pytest.fixture
def client(site: Site) -> Actor:
    return site.sign_in()


@pytest_asyncio.fixture(loop_scope="session")
async def space(site: Site, client: Actor) -> str:
    return await site.world.space(client)


def code_of(answer: urllib3.BaseHTTPResponse) -> str:
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    return str(answer.json()["code"])


# --- the whole way


async def test_upload_complete_and_look(site: Site, space: str, client: Actor) -> None:
    photo = samples.picture(orientation=6)
    view = await site.put(client, space, photo, "image/jpeg", "现场.jpg")
    assert (view["state"], view["width"], view["height"], view["name"]) == ("complete", 400, 640, "现场.jpg")
    assert view["created_at"].endswith("+08:00")
    again = await site.call("GET", f"/api/v1/files/{view['id']}", client)
    assert again.json() == view
    image = await site.call("GET", view["url"])
    assert image.data == photo
    thumbnail = await site.call("GET", view["thumbnail_url"])
    assert thumbnail.headers["Content-Type"] == "image/jpeg"
    assert thumbnail.data.startswith(b"\xff\xd8\xff")


async def test_the_form_comes_by_the_name_that_the_browser_used(site: Site, space: str, client: Actor) -> None:
    begun = await site.call(
        "POST",
        f"/api/v1/spaces/{space}/files",
        client,
        {"name": "a.pdf", "content_type": "application/pdf", "size": 10},
        {"Host": "phone.local:8443"},
    )
    upload = begun.json()["upload"]
    assert upload["url"] == "http://phone.local:8443/api/v1/uploads"
    assert (upload["method"], upload["file_field"]) == ("POST", "file")
    assert set(upload["fields"]) >= {"key", "Content-Type", "policy", "x-amz-signature"}


async def test_problems_have_stable_codes(site: Site, space: str, client: Actor) -> None:
    door = f"/api/v1/spaces/{space}/files"
    good = {"name": "a.pdf", "content_type": "application/pdf", "size": 10}
    for actor, path, body, status, code in (
        (None, door, good, 401, "auth.required"),
        (client, door, good | {"content_type": "text/html"}, 415, "file.type_refused"),
        (client, door, good | {"size": 0}, 422, "file.empty"),
        (client, door, good | {"size": 10**9}, 413, "file.too_large"),
        (client, door, good | {"sha256": "ABC"}, 422, "request.invalid"),
        (client, door, good | {"owner_id": "x"}, 422, "request.invalid"),
        (client, f"/api/v1/spaces/{'0' * 24}/files", good, 404, "space.not_found"),
        (site.sign_in(), door, good, 404, "space.not_found"),
        (client, f"/api/v1/files/{'0' * 24}/complete", {}, 404, "file.not_found"),
    ):
        answer = await site.call("POST", path, actor, body)
        assert (answer.status, code_of(answer)) == (status, code)


async def test_a_disguised_upload_is_told(site: Site, space: str, client: Actor) -> None:
    begun = await site.call(
        "POST",
        f"/api/v1/spaces/{space}/files",
        client,
        {"name": "photo.png", "content_type": "image/png", "size": len(samples.HTML)},
    )
    upload = begun.json()["upload"]
    assert (await post_form(upload["url"], upload["fields"], samples.HTML))[0] == 204
    done = await site.call("POST", f"/api/v1/files/{begun.json()['file_id']}/complete", client, {})
    assert (done.status, code_of(done)) == (422, "file.type_mismatch")


# --- content


async def test_headers_of_content(site: Site, space: str, client: Actor) -> None:
    name = '起诉状 "终稿".txt'
    content = "原告：张三".encode()
    view = await site.put(client, space, content, "text/plain", name)
    answer = await site.call("GET", view["url"])
    headers = answer.headers
    assert answer.data == content
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Etag"] == f'"{view["sha256"]}"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"].startswith("private")
    assert headers["Accept-Ranges"] == "bytes"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"].startswith('attachment; filename="')
    assert headers["Content-Disposition"].endswith(f"filename*=UTF-8''{quote(view['name'], safe='')}")
    paper = await site.put(client, space, samples.pdf(), "application/pdf", "a.pdf")
    shown = (await site.call("GET", paper["url"])).headers
    assert shown["Content-Disposition"].startswith("inline")
    assert "Content-Security-Policy" not in shown


async def test_head_tells_without_sending(site: Site, space: str, client: Actor) -> None:
    view = await site.put(client, space, samples.pdf(), "application/pdf")
    answer = await site.call("HEAD", view["url"])
    assert (answer.status, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(view["size"])
    assert answer.headers["Etag"] == f'"{view["sha256"]}"'


async def test_ranges_at_the_edges_of_segments(site: Site, space: str, client: Actor) -> None:
    content = (b"0123456789abcdef" * 4096 * 18)[: 17 * SEGMENT + 5]
    view = await site.put(client, space, content, "text/plain")
    size = len(content)
    for header, start, stop in (
        ("bytes=0-0", 0, 1),
        (f"bytes={SEGMENT - 1}-{SEGMENT}", SEGMENT - 1, SEGMENT + 1),
        (f"bytes={SEGMENT}-{2 * SEGMENT - 1}", SEGMENT, 2 * SEGMENT),
        (f"bytes={16 * SEGMENT - 3}-{16 * SEGMENT + 3}", 16 * SEGMENT - 3, 16 * SEGMENT + 4),
        (f"bytes={size - 1}-", size - 1, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=5-{size * 2}", 5, size),
    ):
        answer = await site.call("GET", view["url"], headers={"Range": header})
        assert (answer.status, answer.data) == (206, content[start:stop]), header
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
        assert answer.headers["Content-Length"] == str(stop - start)
    whole = await site.call("GET", view["url"], headers={"Range": "bytes=0-1,5-6"})
    assert (whole.status, whole.data) == (200, content)
    nothing = await site.call("GET", view["url"], headers={"Range": f"bytes={size}-"})
    assert (nothing.status, code_of(nothing)) == (416, "request.range")
    assert nothing.headers["Content-Range"] == f"bytes */{size}"


async def test_conditional_requests(site: Site, space: str, client: Actor) -> None:
    view = await site.put(client, space, samples.pdf(), "application/pdf")
    etag = f'"{view["sha256"]}"'
    unchanged = await site.call("GET", view["url"], headers={"If-None-Match": etag})
    assert (unchanged.status, unchanged.data) == (304, b"")
    same = await site.call("GET", view["url"], headers={"Range": "bytes=0-3", "If-Range": etag})
    assert (same.status, same.data) == (206, b"%PDF")
    other = await site.call("GET", view["url"], headers={"Range": "bytes=0-3", "If-Range": '"other"'})
    assert (other.status, len(other.data)) == (200, view["size"])


async def test_content_needs_a_member_or_a_ticket(site: Site, space: str, client: Actor) -> None:
    view = await site.put(client, space, samples.picture(), "image/jpeg")
    path = f"/api/v1/files/{view['id']}/content"
    assert (await site.call("GET", path, client)).status == 200
    assert (await site.call("GET", f"{path}?variant=thumbnail", client)).headers["Content-Type"] == "image/jpeg"
    ticket = view["url"].partition("ticket=")[2]
    for actor, url, status, code in (
        (None, path, 401, "auth.required"),
        (site.sign_in(), path, 404, "file.not_found"),
        (None, f"{path}?ticket=forged", 403, "auth.ticket_invalid"),
        (client, f"{path}?ticket=forged", 403, "auth.ticket_invalid"),
        (None, f"{path}?variant=thumbnail&ticket={ticket}", 403, "auth.ticket_invalid"),
        (client, f"{path}?variant=huge", 422, "request.invalid"),
        (client, f"/api/v1/files/{'0' * 24}/content", 404, "file.not_found"),
    ):
        answer = await site.call("GET", url, actor)
        assert (answer.status, code_of(answer)) == (status, code), url
    paper = await site.put(client, space, samples.pdf(), "application/pdf")
    missing = await site.call("GET", f"/api/v1/files/{paper['id']}/content?variant=thumbnail", client)
    assert (missing.status, code_of(missing)) == (404, "file.not_found")


async def test_a_broken_copy_is_never_passed_off_as_whole(site: Site, space: str, client: Actor) -> None:
    content = b"line\n" * (20 * SEGMENT // 5)
    view = await site.put(client, space, content, "text/plain")
    place = await site.world.place(view["id"])
    sealed = await site.world.blobs.get(place, 0, 2 * len(content))
    await site.world.blobs.put_bytes(place, bytes([sealed[0] ^ 1]) + sealed[1:])
    answer = await site.call("GET", view["url"])
    assert (answer.status, code_of(answer)) == (500, "server.internal")
    await site.world.blobs.put_bytes(place, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(urllib3.exceptions.ProtocolError):  # the length was announced and is not reached
        await site.call("GET", view["url"])
    assert not site.edge.in_flight


async def test_a_reader_that_leaves_is_no_fault(
    site: Site, space: str, client: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    view = await site.put(client, space, b"line\n" * 2_000_000, "text/plain")
    host, port = site.base.removeprefix("http://").split(":")
    reader = socket.create_connection((host, int(port)))
    reader.sendall(f"GET {view['url']} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    await asyncio.to_thread(reader.recv, 1000)
    reader.close()
    await asyncio.sleep(0.5)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert not site.edge.in_flight
    assert (await site.call("GET", view["url"], headers={"Range": "bytes=0-3"})).data == b"line"


# --- the upload door


async def begun(site: Site, space: str, client: Actor, content_type: str = "video/mp4", size: int = 1000) -> Any:
    body = {"name": "f", "content_type": content_type, "size": size}
    return (await site.call("POST", f"/api/v1/spaces/{space}/files", client, body)).json()


async def test_the_door_lets_through_what_the_store_accepts_only(site: Site, space: str, client: Actor) -> None:
    """The policy is the authority; the store's refusals come back as problems."""
    upload = (await begun(site, space, client, "text/plain"))["upload"]
    url, fields = upload["url"], upload["fields"]
    for changed, content, status, code in (
        ({"x-amz-signature": "0" * 64}, b"x", 403, "auth.ticket_invalid"),
        ({"key": "files/stolen"}, b"x", 403, "auth.ticket_invalid"),
        ({"policy": "e30="}, b"x", 403, "auth.ticket_invalid"),
        ({"x-amz-signature": "0" * 64}, bytes(50 * MEGABYTE), 403, "auth.ticket_invalid"),
        ({}, bytes(10 * MEGABYTE + 1), 413, "file.too_large"),
        ({}, b"", 422, "file.empty"),
    ):
        answer, body = await post_form(url, fields | changed, content)
        assert (answer, json.loads(body)["code"]) == (status, code), changed
    assert (await post_form(url, {"key": "x"}, b"x"))[0] in (403, 422)
    assert (await post_form(url, fields, b"good"))[0] == 204


async def test_an_expired_form_is_refused(site: Site, space: str, client: Actor) -> None:
    site.world.clock.forward(-3600)
    upload = (await begun(site, space, client))["upload"]
    site.world.clock.forward(3600)
    status, body = await post_form(upload["url"], upload["fields"], b"late")
    assert (status, json.loads(body)["code"]) == (403, "auth.ticket_invalid")


async def test_what_is_no_upload_is_refused(site: Site) -> None:
    path = "/api/v1/uploads"
    for method, body, headers, status, code in (
        ("POST", b"{}", JSON, 415, "request.content_type"),
        ("POST", b"", {}, 415, "request.content_type"),
        ("GET", None, {}, 405, "request.method"),
        ("POST", b"no form", {"Content-Type": "multipart/form-data; boundary=x"}, 422, "request.invalid"),
    ):
        answer = await site.call(method, path, None, body, headers)
        assert (answer.status, code_of(answer)) == (status, code)


async def test_too_much_is_refused_before_it_is_sent(site: Site, space: str, client: Actor) -> None:
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await site.call("POST", "/api/v1/uploads", None, bytes((UPLOAD_MB + 1) * MEGABYTE), form)
    assert (answer.status, code_of(answer)) == (413, "file.too_large")


async def test_a_sender_that_leaves_lets_nothing_behind(site: Site, space: str, client: Actor) -> None:
    announced = await begun(site, space, client)
    upload = announced["upload"]
    fields = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in upload["fields"].items()
    )
    head = f'{fields}--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'.encode()
    host, port = site.base.removeprefix("http://").split(":")
    sender = socket.create_connection((host, int(port)))
    sender.sendall(
        f"POST /api/v1/uploads HTTP/1.1\r\nHost: {host}\r\nContent-Length: {9 * MEGABYTE}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode()
        + head
        + bytes(100_000)
    )
    await asyncio.sleep(0.2)
    sender.close()
    await asyncio.sleep(0.5)
    assert await site.world.stored(announced["file_id"]) == set()
    left = [task for task in asyncio.all_tasks() if "Relay" in repr(task.get_coro())]
    assert not left
    assert not site.edge.in_flight, "a stopping server would wait for it"


async def test_a_chunked_upload_is_passed_on_and_bounded(site: Site, space: str, client: Actor) -> None:
    announced = await begun(site, space, client, "text/plain", 5)
    fields = announced["upload"]["fields"]
    body, content_type = urllib3.encode_multipart_formdata([*fields.items(), ("file", ("f", b"hello", "text/plain"))])
    headers = {"Content-Type": content_type}
    pieces = [body[start : start + 100] for start in range(0, len(body), 100)]
    answer = await site.call("POST", "/api/v1/uploads", None, iter(pieces), headers)
    assert answer.status == 204, answer.data
    endless = (bytes(MEGABYTE) for _ in range(UPLOAD_MB + 3))
    answer = await site.call("POST", "/api/v1/uploads", None, endless, headers)
    assert (answer.status, code_of(answer)) == (413, "file.too_large")


async def test_a_large_upload_is_never_held_in_memory(site: Site, space: str, client: Actor) -> None:
    size = 60 * MEGABYTE
    announced = await begun(site, space, client, "video/mp4", size)
    before = peak_reset()
    status, answer = await post_stream(site, announced["upload"]["fields"], size)
    assert status == 204, answer
    assert peak() - before < 30 * MEGABYTE
    (found,) = await site.world.blobs.under(f"quarantine/{announced['file_id']}")
    assert found.size == size


async def post_stream(site: Site, fields: dict[str, str], size: int) -> tuple[int, bytes]:
    """Post the form with ``size`` zero bytes as its file, a megabyte at a time and its length told beforehand."""
    form, content_type = urllib3.encode_multipart_formdata([*fields.items(), ("file", ("f", b"|", "video/mp4"))])
    head, _, tail = form.partition(b"|")
    length = str(len(head) + size + len(tail))
    body = itertools.chain([head], itertools.repeat(bytes(MEGABYTE), size // MEGABYTE), [tail])
    answer = await site.call(
        "POST", "/api/v1/uploads", None, body, {"Content-Type": content_type, "Content-Length": length}
    )
    return answer.status, answer.data


async def test_a_store_that_is_away_is_said(site: Site, space: str, client: Actor) -> None:
    upload = (await begun(site, space, client))["upload"]
    inside = site.world.blobs.inside_url
    site.world.blobs.inside_url = "http://127.0.0.1:9/none"
    try:
        status, body = await post_form(upload["url"], upload["fields"], bytes(3 * MEGABYTE))
    finally:
        site.world.blobs.inside_url = inside
    assert (status, json.loads(body)["code"]) == (503, "server.unavailable")
