"""Files on a database of their own and the real store, with time held still."""

import asyncio
import re
import secrets
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, cast

import pytest
import urllib3
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.files import FileBegin, FileVariant, FileView, UploadView
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.spaces import FileDocument
from schemas.enums import Role
from server.setting_values import decode_key
from server.settings import Settings
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.files.file_intake import FileIntake
from services.files.file_store import FileStore
from services.files.file_uploads import FileUploads
from services.files.files import Files
from services.files.media.ffmpeg import Ffmpeg, find_ffmpeg
from services.files.recordings import Recordings
from services.files.tickets import Tickets
from services.ids import new_id
from services.keys import Vault
from services.live import Live
from services.outbox import Outbox
from services.spaces.spaces import NewMember, Spaces
from services.storage.blobs import Blobs
from services.storage.database import Database
from services.storage.indexes import apply
from tests.services.notices_world import HeldClock

UPLOAD_MB = 64
UPLOAD_URL = "http://127.0.0.1:8000/api/v1/uploads"


@dataclass
class World:
    database: Database
    clock: HeldClock
    vault: Vault
    blobs: Blobs
    store: FileStore
    intake: FileIntake
    tickets: Tickets
    spaces: Spaces
    outbox: Outbox
    files: Files

    async def space(self, *people: Actor) -> str:
        """A new case space with these members."""
        space_id = new_id()
        members = [NewMember(actor.user_id, next(iter(actor.roles)), "某人") for actor in people]

        async def work(session: AsyncClientSession) -> None:
            await self.spaces.create(
                session,
                space_id=space_id,
                order_id=new_id(),
                title="合同纠纷",
                members=members,
            )

        await self.database.transaction(work)
        return space_id

    async def begin(
        self, actor: Actor, space_id: str, content: bytes, content_type: str, name: str = "文件", **said: Any
    ) -> UploadView:
        fields = {"name": name, "content_type": content_type, "size": len(content)} | said
        return await self.files.begin(actor, space_id, FileBegin.model_validate(fields))

    async def send(self, begun: UploadView, content: bytes, **changed: str) -> tuple[int, bytes]:
        """Post the form to the store, as a client would that reaches it; status and body of the answer."""
        return await post_form(self.blobs.inside_url, begun.upload.fields | changed, content)

    async def put(self, actor: Actor, space_id: str, content: bytes, content_type: str, name: str = "文件") -> FileView:
        """The whole way of a good file."""
        begun = await self.begin(actor, space_id, content, content_type, name)
        status, body = await self.send(begun, content)
        assert status in (200, 204), body
        return await self.files.complete(actor, begun.file_id)

    async def document(self, file_id: str) -> FileDocument:
        found = await self.database.files.find_one({"_id": file_id})
        assert found is not None
        return found

    async def stored(self, file_id: str) -> set[str]:
        """Keys of everything that the store holds of a file."""
        found = [*await self.blobs.under(f"quarantine/{file_id}"), *await self.blobs.under(f"files/{file_id}/")]
        return {blob.key for blob in found}

    async def place(self, file_id: str, variant: str = "original") -> str:
        copy = (await self.document(file_id)).get("copies", {})[variant]
        return f"files/{file_id}/{copy['blob']}"

    async def actions(self, file_id: str) -> list[str]:
        rows = await self.database.audit.find({"subject": f"file:{file_id}"}).sort("_id", 1).to_list()
        return [row["action"] for row in rows]

    async def work(self, file_id: str) -> list[OutboxDocument]:
        """Run the effects that are owed for a file, as the worker does; the rows that were run."""
        rows = await self.database.outbox.find({"subject": f"file:{file_id}", "state": "pending"}).to_list()
        for row in rows:
            await self.files.effects()[row["kind"]](row)
        return rows


def person(role: Role = Role.CLIENT) -> Actor:
    return Actor(new_id(), frozenset({role}), new_id())


def refusal(code: str) -> pytest.RaisesExc[Problem]:
    return pytest.raises(Problem, match=f"^{re.escape(code)}$")


async def post_form(url: str, fields: dict[str, str], content: bytes) -> tuple[int, bytes]:
    form = [*fields.items(), ("file", ("blob", content, "application/octet-stream"))]
    answer = await asyncio.to_thread(
        urllib3.request,
        "POST",
        url,
        fields=form,  # type: ignore[arg-type]
        retries=False,
        timeout=60,
    )
    return answer.status, answer.data


async def read(
    world: World,
    file_id: str,
    start: int = 0,
    stop: int | None = None,
    variant: FileVariant = FileVariant.ORIGINAL,
) -> bytes:
    """What the holder of a link gets."""
    ticket = world.tickets.file_url(file_id, variant).partition("ticket=")[2]
    opened = await world.files.content(file_id, variant, ticket=ticket)
    return b"".join([block async for block in opened.read(start, opened.size if stop is None else stop)])


class Memory:
    """The most that Python held at once while the block ran, beyond what it held before, in bytes."""

    peak = 0

    def __enter__(self) -> "Memory":
        tracemalloc.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


class NoSockets:
    """Files tell the live sockets nothing; spaces are asked for membership only."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"nobody was to be told: {name}")


@asynccontextmanager
async def open_world(settings: Settings, public_url: str | None = None) -> AsyncIterator[World]:
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    await apply(database)
    clock = HeldClock()
    vault = Vault(database, {"m1": secrets.token_bytes(32)}, clock)
    audit = Audit(database, clock)
    outbox = Outbox(database, lambda: None, clock)
    blobs = make_blobs(settings, public_url)
    store = FileStore(blobs, vault)
    ffmpeg = Ffmpeg(find_ffmpeg())
    intake = FileIntake(database, blobs, store, ffmpeg, audit, outbox, upload_max_mb=UPLOAD_MB, clock=clock)
    tickets = Tickets({name: decode_key(key) for name, key in settings.token_keys.items()}, clock)
    spaces = Spaces(database, cast(Live, NoSockets()), clock)
    files = Files(
        database,
        spaces,
        store,
        blobs,
        FileUploads(database, store, blobs, audit, upload_url=UPLOAD_URL, upload_max_mb=UPLOAD_MB, clock=clock),
        intake,
        Recordings(database, store, ffmpeg, audit),
        tickets,
        upload_max_mb=UPLOAD_MB,
        clock=clock,
    )
    try:
        yield World(database, clock, vault, blobs, store, intake, tickets, spaces, outbox, files)
    finally:
        await blobs.close()
        await database.close()


def make_blobs(settings: Settings, public_url: str | None = None) -> Blobs:
    return Blobs(
        settings.s3_endpoint,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        settings.s3_bucket,
        region=settings.s3_region,
        secure=settings.s3_secure,
        public_url=public_url,
    )
