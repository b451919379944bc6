"""Files over HTTP: tokens, tickets, ranges, headers (contract "Case space"; ruling 15)."""

import asyncio
import hashlib
import socket
from urllib.parse import quote

import pytest
import urllib3

from services.actors import Actor
from services.files.segments import SEGMENT
from tests.handlers.files.site import Site, code_of
from tests.patience import until
from tests.services import media_samples as samples
from tests.services.files.world import post_form


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


async def test_a_heic_photo_is_looked_at_as_a_jpeg_and_saved_as_it_came(site: Site, space: str, client: Actor) -> None:
    """F1, E1: number and hash are the original's; what phones show is a JPEG beside it."""
    photo = samples.heic("turned")
    view = await site.put(client, space, photo, "", "IMG_0001.HEIC")
    assert (view["content_type"], view["width"], view["height"]) == ("image/heic", 400, 640)
    assert view["sha256"] == hashlib.sha256(photo).hexdigest()
    original = await site.call("GET", view["url"])
    assert (original.data, original.headers["Content-Type"]) == (photo, "image/heic")
    assert original.headers["Content-Disposition"].startswith('attachment; filename="IMG_0001.heic"')
    shown = await site.call("GET", view["preview_url"])
    assert (shown.data[:3], shown.headers["Content-Type"]) == (b"\xff\xd8\xff", "image/jpeg")
    assert shown.headers["Content-Disposition"].startswith('inline; filename="IMG_0001.heic.jpg"')
    plain = await site.put(client, space, samples.picture(), "image/jpeg", "现场.jpg")
    assert (await site.call("GET", plain["preview_url"])).data == samples.picture()
    paper = await site.put(client, space, samples.pdf(), "application/pdf", "合同.pdf")
    assert paper["preview_url"] is None


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
    await until(lambda: not site.edge.in_flight)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert (await site.call("GET", view["url"], headers={"Range": "bytes=0-3"})).data == b"line"
