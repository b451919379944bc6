"""Exporting a space as an evidence bundle (A6), for a member who may: everything they may see, checkable offline.

The bundle is built in a temporary file, in threads, in pages: its size on disk is the case's, its share of memory
is not. Whatever stands in the record while it is built belongs to the next export: the end is the checkpoint that
is made first. The formats are described in docs/record.md.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO, Any

from schemas.api.base import CHINA
from schemas.documents.record import CheckpointDocument
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.permissions import Permission
from services.record.anchors import Anchors
from services.record.bundle import VERIFIER, BundleWriter, json_lines
from services.record.chain import utc_text
from services.record.checkpoints import Checkpoints
from services.record.heads import HeadSigner
from services.record.history import Histories
from services.record.instructions import readme
from services.record.readable import CLOSING, Cover, Timeline, opening
from services.record.rows import FileRow, Shown, checkpoint_row, key_file, member_row, message_line
from services.spaces.export_files import ExportFiles
from services.spaces.message_views import names_of
from services.spaces.spaces import Membership, Spaces

AT_ONCE = 2  # exports that one process builds at the same time; further ones wait
_BLOCK = 1 << 20


@dataclass(slots=True)
class Export:
    """A finished bundle. ``close`` gives its disk space back."""

    name: str
    size: int
    _file: IO[bytes]

    async def read(self) -> AsyncIterator[bytes]:
        """The zip, in blocks of at most 1 MiB."""
        await asyncio.to_thread(self._file.seek, 0)
        while block := await asyncio.to_thread(self._file.read, _BLOCK):
            yield block

    def close(self) -> None:
        self._file.close()


class Exports:
    def __init__(
        self,
        spaces: Spaces,
        histories: Histories,
        files: ExportFiles,
        checkpoints: Checkpoints,
        anchors: Anchors,
        signer: HeadSigner,
        audit: Audit,
        clock: Clock = utc_now,
    ) -> None:
        self._spaces = spaces
        self._histories = histories
        self._files = files
        self._checkpoints = checkpoints
        self._anchors = anchors
        self._signer = signer
        self._audit = audit
        self._clock = clock
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def export(self, actor: Actor, space_id: str) -> Export:
        """The bundle of a space, as this member may have it. Members with the right to export only.

        Raises ``space.not_found``, ``auth.forbidden``, ``record.broken``.
        """
        await self._spaces.access(actor, space_id, Permission.SPACE_EXPORT)
        async with self._turn:
            # again: waiting may have taken a while
            place = await self._spaces.access(actor, space_id, Permission.SPACE_EXPORT)
            target = await asyncio.to_thread(tempfile.TemporaryFile)
            try:
                return await self._export(actor, place, target)
            except BaseException:
                target.close()
                raise

    async def _export(self, actor: Actor, place: Membership, target: IO[bytes]) -> Export:
        space_id = place.space["_id"]
        checkpoint = await self._checkpoints.make(space_id)
        await self._anchors.anchor_now(checkpoint)
        cover = self._cover(place, checkpoint)
        with BundleWriter(target) as writer:
            files = await self._add_record(actor, place, writer, cover)
            await self._add_proofs(writer, checkpoint)
            writer.add("files.jsonl", json_lines(row.row() for row in files.values()))
            writer.add("members.json", json_lines([{"members": [member_row(m) for m in cover.members]}])[:-1])
            writer.add("README.txt", readme(cover.title, space_id, cover.exported_at, cover.last_seq, cover.head))
            writer.add("verify.py", await asyncio.to_thread(VERIFIER.read_bytes))
            facts = _facts(cover, place, checkpoint)
            digest = await asyncio.to_thread(writer.finish, self._signer, facts)
        size = target.seek(0, 2)
        await self._audit.write(
            actor,
            "space.exported",
            f"space:{space_id}",
            last_seq=cover.last_seq,
            first_seq=cover.first_seq,
            files=len(files),
            size=size,
            manifest_sha256=digest,
        )
        day = cover.exported_at.astimezone(CHINA).strftime("%Y%m%d-%H%M")
        return Export(f"案件记录-{day}-{space_id[-6:]}.zip", size, target)

    def _cover(self, place: Membership, checkpoint: CheckpointDocument) -> Cover:
        return Cover(
            title=place.space["title"],
            space_id=place.space["_id"],
            exported_at=self._clock(),
            exported_for=place.member["display_name"],
            first_seq=place.member["first_seq"],
            last_seq=checkpoint["seq"],
            head=checkpoint["head"].hex(),
            members=place.space["members"],
        )

    async def _add_record(
        self, actor: Actor, place: Membership, writer: BundleWriter, cover: Cover
    ) -> dict[str, FileRow]:
        """Entries and files as this member may have them, in one pass; the rows of the files by id."""
        files: dict[str, FileRow] = {}
        timeline = Timeline(names_of(place.space), files)
        with tempfile.TemporaryFile() as lines, tempfile.TemporaryFile() as page:
            page.write(opening(cover).encode())
            async for shown in self._histories.pages(cover.space_id, cover.first_seq, cover.last_seq, place.member):
                for one in shown:
                    await self._add_files(actor, place, writer, one, files)
                await asyncio.to_thread(_write_page, shown, timeline, lines, page)
            page.write((timeline.flush_hidden() + CLOSING).encode())
            await asyncio.to_thread(writer.add_file, "messages.jsonl", lines)
            await asyncio.to_thread(writer.add_file, "messages.html", page)
        return files

    async def _add_files(
        self, actor: Actor, place: Membership, writer: BundleWriter, shown: Shown, files: dict[str, FileRow]
    ) -> None:
        """Only files of entries that are shown: a recalled picture is as gone as a recalled word."""
        if shown.withheld is not None:
            return
        for file in shown.entry.get("files", ()):
            seq = shown.entry["_id"]["seq"]
            if file["id"] not in files:
                files[file["id"]] = await self._files.add(actor, place, writer, seq, file)
            files[file["id"]].messages.append(seq)

    async def _add_proofs(self, writer: BundleWriter, newest: CheckpointDocument) -> None:
        """Checkpoints, the stamps on them, and the keys that they are signed with."""
        rows, keys, anchors = [], [self._signer.public_raw], set()
        async for checkpoint in self._checkpoints.of(newest["_id"]["space"], newest["_id"]["number"]):
            rows.append(checkpoint_row(checkpoint))
            keys.append(checkpoint["key"])
            if "anchor" in checkpoint and checkpoint["anchor"]["id"] not in anchors:
                anchor = await self._anchors.load(checkpoint["anchor"]["id"])
                anchors.add(anchor["_id"])
                writer.add(f"anchors/{anchor['_id']}.json", anchor["datum"])
                writer.add(f"anchors/{anchor['_id']}.tsr", anchor["response"])
        writer.add("checkpoints.jsonl", json_lines(rows))
        writer.add("record_key.pem", key_file(keys))


def _facts(cover: Cover, place: Membership, checkpoint: CheckpointDocument) -> dict[str, Any]:
    """What the manifest says beside the list of parts."""
    member = place.member
    return {
        "space_id": cover.space_id,
        "title": cover.title,
        "exported_at": utc_text(cover.exported_at),
        "exported_for": {
            "user_id": member["user_id"],
            "display_name": member["display_name"],
            "role": place.role.value,
        },
        "first_seq": cover.first_seq,
        "last_seq": cover.last_seq,
        "head": cover.head,
        "checkpoint": checkpoint["_id"]["number"],
    }


def _write_page(shown: list[Shown], timeline: Timeline, lines: IO[bytes], page: IO[bytes]) -> None:
    lines.write(b"".join(message_line(one) for one in shown))
    page.write("".join(timeline.entry(one) for one in shown).encode())
