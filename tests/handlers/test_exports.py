"""``GET /spaces/{id}/export`` over real HTTP (A6)."""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import urllib3

from schemas.enums import MessageType
from server.wiring import House
from services.ids import new_id
from services.record import Draft
from services.record.verifier import verify
from tests.house import Person, client, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def base(house: House) -> AsyncIterator[str]:
    async with open_doors(house) as url:
        yield url


async def ask(base: str, space_id: str, person: Person | None) -> urllib3.BaseHTTPResponse:
    headers = {"Authorization": f"Bearer {person.token}"} if person else {}
    url = f"{base}/api/v1/spaces/{space_id}/export"
    return await asyncio.to_thread(urllib3.request, "GET", url, headers=headers, retries=False, timeout=60)


async def test_a_member_downloads_a_bundle_that_verifies(house: House, base: str, tmp_path: Path) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "您好")
    answer = await ask(base, space_id, wang)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert answer.headers["Cache-Control"] == "no-store"
    disposition = answer.headers["Content-Disposition"]
    assert f'attachment; filename="case-{space_id}.zip"' in disposition
    assert quote("案件记录-") in disposition
    path = tmp_path / "bundle.zip"
    path.write_bytes(answer.data)
    assert verify(path).sound


async def test_nobody_else_gets_anything(house: House, base: str) -> None:
    wang, stranger = await client(house), await client(house)
    space_id = await space_of(house, wang)
    assert (await ask(base, space_id, None)).status == 401
    refused = await ask(base, space_id, stranger)
    assert (refused.status, refused.json()["code"]) == (404, "space.not_found")
    assert await house.database.audit.count_documents({"subject": f"space:{space_id}"}) == 0


async def test_a_broken_record_is_answered_as_a_problem(house: House, base: str) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "一")
    await house.database.entries.update_one({"_id": {"space": space_id, "seq": 1}}, {"$set": {"role": "lawyer"}})
    answer = await ask(base, space_id, wang)
    assert (answer.status, answer.json()["code"]) == (500, "record.broken")


async def test_who_leaves_half_way_leaves_nothing_behind(
    house: House, base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The temporary file goes with the reader."""
    closed = asyncio.Event()
    real = tempfile.TemporaryFile

    def watched(*args: object, **named: object) -> object:
        file = real(dir=tmp_path)
        close = file.close

        def and_tell() -> None:
            close()
            loop.call_soon_threadsafe(closed.set)

        file.close = and_tell  # type: ignore[method-assign]
        return file

    loop = asyncio.get_running_loop()
    wang = await client(house)
    space_id = await space_of(house, wang)
    text = "很长的话" * 1_000
    drafts = [Draft(space_id, wang.id, "client", new_id(), MessageType.TEXT, {"text": text}) for _ in range(600)]
    await asyncio.gather(*(house.core.recorder.append(draft) for draft in drafts))
    monkeypatch.setattr("services.spaces.exports.tempfile.TemporaryFile", watched)
    place = urlsplit(base)
    assert place.hostname is not None
    assert place.port is not None
    leaver = socket.create_connection((place.hostname, place.port))
    leaver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    request = f"GET /api/v1/spaces/{space_id}/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {wang.token}\r\n\r\n"
    leaver.sendall(request.encode())
    first = await asyncio.to_thread(leaver.recv, 1024)
    assert first.startswith(b"HTTP/1.1 200")
    closed.clear()  # the parts that were put together are closed by now; the bundle is not
    leaver.close()
    await asyncio.wait_for(closed.wait(), PATIENCE)
    assert list(tmp_path.iterdir()) == []
