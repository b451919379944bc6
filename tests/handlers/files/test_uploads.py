"""The server's own door for uploads: what the store accepts passes, and nothing is held (ruling 15)."""

import asyncio
import itertools
import json
import socket
from typing import Any

import urllib3

from services.actors import Actor
from services.files.media.types import MEGABYTE
from tests.handlers.files.site import JSON, Site, code_of
from tests.patience import until
from tests.services.files.world import UPLOAD_MB, Memory, post_form


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
    await until(lambda: not site.edge.in_flight)  # a stopping server would wait for it
    await until(lambda: not [task for task in asyncio.all_tasks() if "Relay" in repr(task.get_coro())])
    assert await site.world.stored(announced["file_id"]) == set()


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
    with Memory() as memory:
        status, answer = await post_stream(site, announced["upload"]["fields"], size)
    assert status == 204, answer
    assert memory.peak < 10 * MEGABYTE
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
