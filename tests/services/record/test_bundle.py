"""Exporting a space (A6): the real bundle of a real record, held against the offline verifier."""

import asyncio
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.api.files import FileBegin
from schemas.api.messages import MessageSendBody, SyncBody
from schemas.enums import MessageType, Role
from server.wiring import House
from services.errors import Problem
from services.ids import new_id
from services.record import Draft, verifier
from services.record.bundle import BundleWriter
from services.record.verifier import Outside, Report, verify
from services.spaces.exports import Export
from services.spaces.spaces import NewMember
from tests.house import Person, client, lawyer, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.services.files.world import Memory, post_form
from tests.services.media_samples import heic, pdf, picture
from tests.services.record.authority import Authority, Served, serve


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(Authority(tmp_path_factory.mktemp("tsa"))) as served:
        yield served


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker, tsa: Served) -> AsyncIterator[House]:
    settings = make_settings(tsa_url=tsa.url, tsa_cert_file=tsa.authority.root)
    async with open_house(settings) as opened:
        yield opened


async def send_file(
    house: House, person: Person, space_id: str, kind: str, content: bytes, content_type: str, name: str
) -> str:
    """The whole way of a file: announced, uploaded, completed, sent. Its id."""
    announced = FileBegin(name=name, content_type=content_type, size=len(content))
    begun = await house.services.files.begin(person.actor, space_id, announced)
    status, said = await post_form(house.blobs.inside_url, begun.upload.fields, content)
    assert status in (200, 204), said
    await house.services.files.complete(person.actor, begun.file_id)
    body = {"file_id": begun.file_id} | ({"duration_ms": 1} if kind == "voice" else {})
    message = {"client_msg_id": new_id(), "type": kind, "body": body}
    await house.services.messages.send(person.actor, space_id, MessageSendBody.model_validate(message))
    return begun.file_id


class Taken:
    """An export, written to a file as a client would."""

    def __init__(self, path: Path, export: Export) -> None:
        self.path = path
        self.name, self.size = export.name, export.size

    def part(self, name: str) -> bytes:
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(name)

    def names(self) -> list[str]:
        with zipfile.ZipFile(self.path) as archive:
            return archive.namelist()

    def rows(self, name: str = "messages.jsonl") -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.part(name).decode().splitlines()]

    def verified(self, **outside: Any) -> Report:
        return verify(self.path, Outside(**outside))


async def export(house: House, person: Person, space_id: str, folder: Path) -> Taken:
    made = await house.services.exports.export(person.actor, space_id)
    path = folder / f"{new_id()}.zip"
    with path.open("wb") as target:
        async for block in made.read():
            target.write(block)
    made.close()
    assert path.stat().st_size == made.size
    return Taken(path, made)


async def refused(work: Any) -> str:
    with pytest.raises(Problem) as caught:
        await work
    return caught.value.code


async def test_a_members_bundle_is_sound_with_everything_from_outside(
    house: House, tsa: Served, tmp_path: Path
) -> None:
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li, title="押金“纠纷” <b>")
    await say(house, wang, space_id, "您好 <script>alert(1)</script> & \u0000 👨‍👩‍👧")
    photo = picture("PNG")
    file_id = await send_file(house, li, space_id, "image", photo, "image/png", "收据.png")
    await send_file(house, wang, space_id, "file", pdf(), "application/pdf", "合同.pdf")
    place = {"latitude": 39.904212, "longitude": 116.4, "name": "法院"}
    message = {"client_msg_id": "p1", "type": "location", "body": place}
    await house.services.messages.send(wang.actor, space_id, MessageSendBody.model_validate(message))
    synced = await house.services.sync.sync(wang.actor, SyncBody(spaces={space_id: 0}))
    receipt = tmp_path / "receipt.json"
    receipt.write_text(synced.model_dump_json())
    await say(house, li, space_id, "收到")

    taken = await export(house, wang, space_id, tmp_path)
    report = taken.verified(
        keys=verifier.read_outside_keys(house.services.sync.record_key().model_dump_json().encode(), "key"),
        receipts=[receipt],
        authorities=verifier.read_certificates(tsa.authority.root.read_bytes(), "root"),
    )
    assert report.sound, report.text()
    assert len(report.unproven) == 1, report.text()
    assert "entries 1 to 5 existed at" in report.text()
    assert "entries 1 to 4 are as they were" in report.text()

    (image_row, file_row) = taken.rows("files.jsonl")
    assert image_row["id"] == file_id
    assert taken.part(image_row["path"]) == photo
    assert image_row["sha256"] == hashlib.sha256(photo).hexdigest()
    assert (image_row["name"], image_row["uploaded_by"], image_row["messages"]) == ("收据.png", li.id, [2])
    assert file_row["content_type"] == "application/pdf"
    page = taken.part("messages.html").decode()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert f'src="{image_row["path"]}"' in page
    assert taken.part("verify.py") == Path(verifier.__file__).read_bytes()
    assert "verify.py" in taken.part("README.txt").decode("utf-8-sig")
    members = json.loads(taken.part("members.json"))["members"]
    assert [m["display_name"] for m in members] == ["王晓", "李律师"]
    manifest = json.loads(taken.part("manifest.json"))
    assert manifest["exported_for"] == {"user_id": wang.id, "display_name": "王晓", "role": "client"}


async def test_a_photo_that_few_programs_show_comes_with_a_jpeg(house: House, tmp_path: Path) -> None:
    """A6, F1: the original stands in the bundle byte for byte; the page shows and links both."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    photo = heic("turned")
    await send_file(house, wang, space_id, "image", photo, "image/heic", "IMG_0001.HEIC")
    taken = await export(house, wang, space_id, tmp_path)
    assert taken.verified().sound
    (row,) = taken.rows("files.jsonl")
    assert taken.part(row["path"]) == photo
    assert taken.part(row["preview"]).startswith(b"\xff\xd8")
    page = taken.part("messages.html").decode()
    assert f'src="{row["preview"]}"' in page
    assert f'href="{row["path"]}"' in page
    assert f'src="{row["path"]}"' not in page


async def test_the_export_is_audited_and_leaves_no_trace_in_the_chat(house: House, tmp_path: Path) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "一")
    taken = await export(house, wang, space_id, tmp_path)
    (row,) = await house.database.audit.find({"action": "space.exported", "subject": f"space:{space_id}"}).to_list()
    assert row["actor"] == wang.id
    assert row["detail"]["manifest_sha256"] == hashlib.sha256(taken.part("manifest.json")).hexdigest()
    assert row["detail"]["size"] == taken.size
    assert (await house.core.recorder.head(space_id))[0] == 1


async def test_only_members_with_the_right_may_export(house: House, tmp_path: Path) -> None:
    """A1: a stranger learns nothing; one who may only read may not take away."""
    wang, reviewer, stranger = await client(house), await lawyer(house, role=Role.REVIEWER), await client(house)
    space_id = await space_of(house, wang, reviewer)
    exports = house.services.exports
    assert await refused(exports.export(stranger.actor, space_id)) == "space.not_found"
    assert await refused(exports.export(reviewer.actor, space_id)) == "auth.forbidden"
    assert await refused(exports.export(wang.actor, new_id())) == "space.not_found"
    await house.services.spaces.remove_members(None, space_id, [wang.id])
    assert await refused(exports.export(wang.actor, space_id)) == "space.not_found"


async def test_an_empty_space_can_be_exported(house: House, tmp_path: Path) -> None:
    wang = await client(house)
    taken = await export(house, wang, await space_of(house, wang), tmp_path)
    assert taken.verified().sound
    assert taken.rows() == []


async def test_who_joined_later_gets_commitments_of_what_was_before(house: House, tmp_path: Path) -> None:
    """Ruling 7."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "从前的秘密")
    await send_file(house, wang, space_id, "file", pdf("secret"), "application/pdf", "秘密.pdf")
    await house.services.spaces.add_members(None, space_id, [NewMember(li.id, Role.LAWYER, "李律师", first_seq=3)])
    await say(house, wang, space_id, "以后的事")
    taken = await export(house, li, space_id, tmp_path)
    report = taken.verified()
    assert report.sound, report.text()
    assert "2 entries came before" in report.text()
    whole = b"".join(taken.part(name) for name in taken.names())
    assert "从前的秘密".encode() not in whole
    assert "秘密.pdf".encode() not in whole
    assert "以后的事".encode() in whole
    assert taken.rows("files.jsonl") == []
    assert not [name for name in taken.names() if name.startswith("files/")]


async def test_what_was_recalled_is_not_taken_away(house: House, tmp_path: Path) -> None:
    """Ruling 5: a recalled body leaves every view, and its commitment stays; the same goes for its file."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    await say(house, wang, space_id, "说错了的话")
    await send_file(house, wang, space_id, "image", picture(), "image/jpeg", "发错了.jpg")
    for seq in (1, 2):
        await house.services.messages.recall(wang.actor, space_id, seq)
    taken = await export(house, li, space_id, tmp_path)
    report = taken.verified()
    assert report.sound, report.text()
    assert "2 entries were recalled" in report.text()
    assert [row.get("withheld") for row in taken.rows()] == ["recalled", "recalled", None, None]
    whole = b"".join(taken.part(name) for name in taken.names())
    assert "说错了的话".encode() not in whole
    assert "发错了".encode() not in whole
    assert not [name for name in taken.names() if name.startswith("files/")]


async def test_a_purged_space_still_shows_its_chain(house: House, tmp_path: Path) -> None:
    """I10: the content is gone for good, and that it was there can still be shown."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "一")
    await send_file(house, wang, space_id, "file", pdf(), "application/pdf", "合同.pdf")
    await house.vault.destroy(f"space:{space_id}")
    taken = await export(house, wang, space_id, tmp_path)
    report = taken.verified()
    assert report.sound, report.text()
    assert "2 entries were purged" in report.text()
    assert "内容已清除" in taken.part("messages.html").decode()


async def test_a_damaged_file_does_not_keep_the_rest_from_its_owner(house: House, tmp_path: Path) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    lost = await send_file(house, wang, space_id, "file", pdf("lost"), "application/pdf", "丢了.pdf")
    kept = await send_file(house, wang, space_id, "file", pdf("kept"), "application/pdf", "还在.pdf")
    for blob in await house.blobs.under(f"files/{lost}/"):
        await house.blobs.delete(blob.key)
    taken = await export(house, wang, space_id, tmp_path)
    report = taken.verified()
    assert report.sound, report.text()
    assert "1 files of the record are not in the bundle" in report.text()
    assert {row["id"]: row["state"] for row in taken.rows("files.jsonl")} == {lost: "unreadable", kept: "included"}
    assert "丢了.pdf：文件内容不在包内" in taken.part("messages.html").decode()


async def test_what_arrives_meanwhile_is_in_the_next_export(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end is fixed by the checkpoint that is made first."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    first = await say(house, wang, space_id, "一")
    real = house.record.anchors.anchor_now

    async def and_meanwhile(checkpoint: Any) -> None:
        await real(checkpoint)
        await say(house, wang, space_id, "二")
        await house.services.messages.recall(wang.actor, space_id, 1)

    monkeypatch.setattr(house.record.anchors, "anchor_now", and_meanwhile)
    taken = await export(house, wang, space_id, tmp_path)
    assert taken.verified().sound
    assert [row["hash"] for row in taken.rows()] == [first.hash]
    monkeypatch.undo()
    later = await export(house, wang, space_id, tmp_path)
    assert later.verified().sound
    assert len(later.rows()) == 3
    assert len(later.rows("checkpoints.jsonl")) == 2


async def test_exports_at_the_same_time_share_a_checkpoint(house: House, tmp_path: Path) -> None:
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    await say(house, wang, space_id, "一")
    both = await asyncio.gather(*(export(house, person, space_id, tmp_path) for person in (wang, li, wang, li)))
    assert all(taken.verified().sound for taken in both)
    # the time-stamp may arrive between one export and the next; the signed statement is the same
    signed = [[row["signature"] for row in taken.rows("checkpoints.jsonl")] for taken in both]
    assert len(signed[0]) == 1
    assert all(one == signed[0] for one in signed)


async def test_a_record_that_was_altered_in_the_database_is_not_signed(house: House, tmp_path: Path) -> None:
    """The key never vouches for what somebody wrote past the recorder."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    for n in range(3):
        await say(house, wang, space_id, str(n))
    await export(house, wang, space_id, tmp_path)
    await say(house, wang, space_id, "3")
    for seq in (2, 4):  # before the last checkpoint, and after it
        where = {"_id": {"space": space_id, "seq": seq}}
        before = await house.database.entries.find_one(where)
        assert before is not None
        await house.database.entries.update_one(where, {"$set": {"sender": "f" * 24}})
        assert await refused(house.services.exports.export(wang.actor, space_id)) == "record.broken"
        await house.database.entries.replace_one(where, before)
    assert (await export(house, wang, space_id, tmp_path)).verified().sound


async def test_a_large_case_needs_little_memory(house: House, tmp_path: Path) -> None:
    """500 messages and 30 MB of files; the share of memory is that of a page and a block."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    text = "关于押金退还一事的往来说明。" * 20

    async def words(count: int) -> None:
        drafts = (
            Draft(space_id, wang.id, "client", new_id(), MessageType.TEXT, {"text": f"{n} {text}"})
            for n in range(count)
        )
        await asyncio.gather(*(house.core.recorder.append(draft) for draft in drafts))

    await words(494)
    for n in range(6):
        content = pdf(f"part {n} " + "x" * (5 << 20))
        await send_file(house, wang, space_id, "file", content, "application/pdf", f"卷宗{n}.pdf")
    with Memory() as memory:
        taken = await export(house, wang, space_id, tmp_path)
    assert taken.size > 30 << 20
    assert memory.peak < 16 << 20, f"{memory.peak >> 20} MiB"
    report = taken.verified()
    assert report.sound, report.text()
    assert len(taken.rows()) == 500
    assert len(taken.rows("files.jsonl")) == 6


async def test_nothing_is_left_on_the_disk(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by an export that is closed nor by one that fails."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "一")
    (await house.services.exports.export(wang.actor, space_id)).close()

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(BundleWriter, "finish", fail)
    with pytest.raises(OSError, match="full"):
        await house.services.exports.export(wang.actor, space_id)
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_another_size_than_announced_is_a_fault() -> None:
    writer = BundleWriter(io.BytesIO())
    with pytest.raises(ValueError, match="has 1 bytes"), writer.part("a", 2) as sink:
        sink.write(b"x")
