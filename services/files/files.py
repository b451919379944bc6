"""Files of a case space: announced, uploaded to quarantine, checked, encrypted, served (ruling 15)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.api.files import FileBegin, FileVariant, FileView, UploadView
from schemas.documents.spaces import CopyDocument, FileDocument
from schemas.enums import FileState
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.file_intake import FileIntake
from services.files.file_store import FileStore
from services.files.file_uploads import FileUploads
from services.files.file_views import FileFacts, Links, facts_of, name_of, view_of
from services.files.masked_files import NO_RIGHTS, Rights, check_whole, copy_for, is_masked, is_paper, rights_of
from services.files.media.names import safe_name
from services.files.media.types import MEGABYTE, TYPES
from services.files.recordings import Recordings
from services.files.tickets import Right, Tickets
from services.keys import DataKey
from services.outbox import Effect
from services.permissions import Permission
from services.spaces.holds import may_see
from services.spaces.spaces import Membership, Spaces
from services.storage.blobs import Blobs
from services.storage.database import Database

SWEEP = 100
YOUNG = timedelta(days=1)  # a paper is read, or said to be what it is, soon or never


@dataclass(frozen=True, slots=True)
class FileAccess:
    """A file and the place of who asks in its space."""

    document: FileDocument
    place: Membership

    @property
    def rights(self) -> Rights:
        return rights_of(self.place, self.document["owner_id"])


@dataclass(frozen=True, slots=True)
class UploadTarget:
    """Where the server itself passes uploads on to, and how many bytes a file may have."""

    url: str
    largest: int


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A copy that may be read now."""

    name: str
    content_type: str
    inline: bool
    size: int
    sha256: str
    settled: bool  # False: another copy may take its place soon
    created_at: datetime
    _store: FileStore
    _document: FileDocument
    _copy: CopyDocument

    def read(self, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to ``stop`` (exclusive), in blocks of at most 1 MiB."""
        return self._store.read(self._document, self._copy, start, stop)


class Files:
    def __init__(
        self,
        database: Database,
        spaces: Spaces,
        store: FileStore,
        blobs: Blobs,
        uploads: FileUploads,
        intake: FileIntake,
        recordings: Recordings,
        tickets: Tickets,
        *,
        upload_max_mb: int,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._spaces = spaces
        self._store = store
        self._blobs = blobs
        self._uploads = uploads
        self._intake = intake
        self._recordings = recordings
        self._tickets = tickets
        self._links: Links = tickets.file_url
        self._largest = upload_max_mb * MEGABYTE
        self._clock = clock

    # --- uploading

    async def begin(self, actor: Actor, space_id: str, body: FileBegin) -> UploadView:
        """Announce a file; the answer holds the form that uploads it. Members who may send, open spaces only.

        Raises ``space.*``, ``file.type_refused``, ``file.empty``, ``file.too_large``.
        """
        await self._spaces.access(actor, space_id, Permission.SPACE_SEND)
        return await self._uploads.begin(actor, space_id, body)

    async def begin_apart(self, actor: Actor, space_id: str, body: FileBegin) -> UploadView:
        """The same, in a closed space too, for somebody whom another service has let in by a right of its own; they
        need be no member to complete it. Raises ``file.type_refused``, ``file.empty``, ``file.too_large``."""
        return await self._uploads.begin(actor, space_id, body, apart=True)

    def upload_target(self) -> UploadTarget:
        """For the server's own upload door. Raises ``request.not_found`` when clients upload to the store itself."""
        if self._blobs.public_url:
            raise Problem("request.not_found")
        return UploadTarget(self._blobs.inside_url, self._largest)

    async def complete(self, actor: Actor, file_id: str) -> FileView:
        """Check what was uploaded and make it a file of the space. A repeat gives the same answer.

        Raises ``file.not_found`` (also for everybody but the uploader), ``file.not_uploaded``, and the reason
        for which the file was rejected, which is final.
        """
        own = {"_id": file_id, "owner_id": actor.user_id, "apart": True}
        document = await self._db.files.find_one(own) or (await self.access(actor, file_id)).document
        if document["owner_id"] != actor.user_id:
            raise Problem("file.not_found")
        if document["state"] == FileState.PENDING:
            document = await self._intake.receive(actor, document)
        if document["state"] == FileState.REJECTED:
            raise Problem(document.get("rejected_because", "file.gone"))
        return await self._view(document, Rights(opens_original=True, marks=True))

    # --- reading

    async def get(self, actor: Actor, file_id: str) -> FileView:
        """Members of its space; until it is complete, its uploader only. Raises ``file.not_found``, ``file.gone``."""
        access = await self.access(actor, file_id)
        return await self._view(access.document, access.rights)

    async def complete_one(self, actor: Actor, file_id: str) -> FileDocument:
        """A file of which something is to be made, such as a reading.

        Raises ``file.not_found``, ``file.not_uploaded``, ``file.held``, ``file.gone``, ``auth.forbidden``.
        """
        document = (await self.access(actor, file_id)).document
        if document["state"] != FileState.COMPLETE:
            raise Problem("file.not_uploaded" if document["state"] == FileState.PENDING else "file.not_found")
        if "purged_at" in document or document.get("recalled", False):
            raise Problem("file.gone")
        return document

    async def content(
        self, file_id: str, variant: FileVariant, *, actor: Actor | None = None, ticket: str | None = None
    ) -> OpenFile:
        """Open a copy for a member, or for whoever holds a ticket for exactly this copy.

        Of a paper that identifies somebody it is the masked copy, but for a ticket of ``Originals``.
        Raises ``file.not_found``, ``file.not_uploaded``, ``file.gone``, ``file.held``, ``file.masked``,
        ``auth.required``, ``auth.ticket_invalid``.
        """
        document, right = await self._opened(file_id, variant, actor, ticket)
        check_whole(document)
        copy = copy_for(document, variant, whole=right.whole)
        kind, key = TYPES[copy["content_type"]], await self._store.data_key(document["space_id"])
        return OpenFile(
            name=safe_name(name_of(document, key), kind),
            content_type=kind.name,
            inline=kind.inline,
            size=copy["size"],
            sha256=copy["sha256"],
            settled=self._settled(document, variant),
            created_at=document["created_at"],
            _store=self._store,
            _document=document,
            _copy=copy,
        )

    async def check_for_message(self, space_id: str, sender_id: str, file_ids: Sequence[str]) -> list[FileFacts]:
        """Facts of complete files of this space, in the order asked for.

        Raises ``file.not_found``, and ``file.not_uploaded`` for the sender's own that is not complete yet.
        """
        if not file_ids:
            return []
        found = await self._db.files.find({"_id": {"$in": list(set(file_ids))}, "space_id": space_id}).to_list()
        documents = {document["_id"]: document for document in found}
        if not documents:
            raise Problem("file.not_found")
        key = await self._store.data_key(space_id)
        return [_facts(documents.get(file_id), sender_id, key) for file_id in file_ids]

    async def shown(self, space_id: str, file_ids: Sequence[str]) -> list[FileView]:
        """For a reader whom another service has let in by a right of its own, in the order asked for.

        Files that are held or gone are left out.
        """
        wanted = {"_id": {"$in": list(file_ids)}, "space_id": space_id, "state": FileState.COMPLETE.value}
        found = {one["_id"]: one async for one in self._db.files.find(wanted) if not one.get("held", False)}
        return [await self._view(found[file_id]) for file_id in file_ids if file_id in found]

    # --- the worker's

    def effects(self) -> dict[str, Effect]:
        return {"file.completed": self._recordings.derive}

    async def tick(self) -> None:
        """Remove what uploads have left behind. To be called every minute."""
        due = await self._db.files.find({"expires_at": {"$lte": self._clock()}}).limit(SWEEP).to_list()
        for document in due:
            await self._intake.sweep(document)

    async def _opened(
        self, file_id: str, variant: FileVariant, actor: Actor | None, ticket: str | None
    ) -> tuple[FileDocument, Right]:
        if ticket is None:
            if actor is None:
                raise Problem("auth.required")
            return (await self.access(actor, file_id)).document, Right()
        right = self._tickets.check(ticket, file_id, variant)
        document = await self._db.files.find_one({"_id": file_id})
        if document is None:
            raise Problem("file.not_found")
        if document.get("held", False) and not right.held:
            raise Problem("file.held")
        await self._check_recalled(document, None)
        return document, right

    async def access(self, actor: Actor, file_id: str) -> FileAccess:
        """The file, if the actor is a member of its space.

        Raises ``file.not_found``, ``file.held``, ``file.gone``, ``auth.forbidden``.
        """
        document = await self._db.files.find_one({"_id": file_id})
        if document is None:
            raise Problem("file.not_found")
        try:
            place = await self._spaces.access(actor, document["space_id"], Permission.FILE_VIEW)
        except Problem as problem:
            raise Problem("file.not_found" if problem.code == "space.not_found" else problem.code) from None
        if document.get("held", False) and not may_see(place.member, document["owner_id"]):
            raise Problem("file.held")
        if document["state"] != FileState.COMPLETE and document["owner_id"] != actor.user_id:
            raise Problem("file.not_found")
        await self._check_recalled(document, actor)
        return FileAccess(document, place)

    async def _check_recalled(self, document: FileDocument, actor: Actor | None) -> None:
        """What went with its message is its owner's alone, unless it was listed as evidence before. Raises
        ``file.gone``."""
        if not document.get("recalled", False) or (actor is not None and actor.user_id == document["owner_id"]):
            return
        if await self._db.evidence.find_one({"file_id": document["_id"]}, {"_id": 1}) is None:
            raise Problem("file.gone")

    async def _view(self, document: FileDocument, rights: Rights = NO_RIGHTS) -> FileView:
        links = self._tickets.held_url if document.get("held", False) else self._links
        return view_of(document, await self._store.data_key(document["space_id"]), links, rights)

    def _settled(self, document: FileDocument, variant: FileVariant) -> bool:
        """What a phone may keep for minutes without asking: no picture that may still turn out to identify somebody."""
        better = variant is FileVariant.PLAY and FileVariant.PLAY not in document.get("copies", {})
        young = is_paper(document["content_type"]) and self._clock() - document["created_at"] < YOUNG
        return not better and not young and not is_masked(document)


def _facts(document: FileDocument | None, sender_id: str, key: DataKey) -> FileFacts:
    if document is None or document["state"] == FileState.REJECTED:
        raise Problem("file.not_found")
    if "purged_at" in document:
        raise Problem("file.gone")
    if document["state"] == FileState.COMPLETE:
        return facts_of(document, key)
    raise Problem("file.not_uploaded" if document["owner_id"] == sender_id else "file.not_found")
