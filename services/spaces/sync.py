"""Catching up: one trip for all spaces, made for a phone that switches apps every minute (A5, A6)."""

import asyncio

from schemas.api.messages import HeadView, RecordKeyView, SpaceSyncView, SyncBody, SyncView
from schemas.documents.spaces import EntryDocument, MemberDocument, SpaceDocument
from services.actors import Actor
from services.clock import Clock, utc_now
from services.record import HeadSigner, Recorder
from services.record.recorder import Head
from services.spaces.message_reader import MessageReader, unread_of
from services.spaces.spaces import Spaces, current_member


class Sync:
    def __init__(
        self,
        spaces: Spaces,
        reader: MessageReader,
        recorder: Recorder,
        signer: HeadSigner,
        clock: Clock = utc_now,
    ) -> None:
        self._spaces = spaces
        self._reader = reader
        self._recorder = recorder
        self._signer = signer
        self._clock = clock

    async def sync(self, actor: Actor, body: SyncBody) -> SyncView:
        """What is new in each space since the seq that the caller knows; spaces that are not theirs in ``gone``."""
        theirs = {space["_id"]: space for space in await self._spaces.of(actor.user_id)} if body.spaces else {}
        wanted = [(theirs[space_id], seq) for space_id, seq in body.spaces.items() if space_id in theirs]
        parts = await asyncio.gather(*(self._space(actor, space, seq, body.limit) for space, seq in wanted))
        return SyncView(
            spaces={space["_id"]: part for (space, _), part in zip(wanted, parts, strict=True)},
            gone=[space_id for space_id in body.spaces if space_id not in theirs],
            server_time=self._clock(),
        )

    def record_key(self) -> RecordKeyView:
        """The public key under which heads are signed; worth keeping outside this server."""
        return RecordKeyView(key_id=self._signer.key_id, algorithm="Ed25519", public_key=self._signer.public_pem)

    async def _space(self, actor: Actor, space: SpaceDocument, seq: int, limit: int) -> SpaceSyncView:
        member = current_member(space, actor.user_id)
        if member is None:  # `of` gave it, so only a removal in this very moment
            raise LookupError(space["_id"])
        entries, (last, digest) = await self._news(space, member, seq, limit)
        complete = len(entries) <= limit
        read_seq = await self._reader.read_seq(space["_id"], actor.user_id)
        head = self._signer.sign(space["_id"], last, digest)
        shown = entries[:limit]
        if complete and seq <= read_seq:
            unread = unread_of(shown, member, read_seq)
        else:
            unread = await self._reader.unread(space["_id"], member, read_seq)
        return SpaceSyncView(
            messages=await self._reader.views(space, shown, viewer=member, to_the_end=complete),
            last_seq=max([last, *(entry["_id"]["seq"] for entry in shown)]),
            read_seq=read_seq,
            unread=unread,
            has_more=not complete,
            head=HeadView(seq=head.seq, hash=head.hash, signature=head.signature, key_id=head.key_id),
        )

    async def _news(
        self, space: SpaceDocument, member: MemberDocument, seq: int, limit: int
    ) -> tuple[list[EntryDocument], Head]:
        """What follows ``seq`` (one more than ``limit`` when there is more), and the head of the record.

        One question mostly: it asks for the entry that the caller knows too, so that the last one found is the head.
        Phones ask at every return to the app, and all of them at once after a restart.
        """
        found = await self._reader.after(space, member, max(seq - 1, 0), limit + 2)
        new = [entry for entry in found if entry["_id"]["seq"] > seq][: limit + 1]
        if found and len(new) <= limit:
            return new, (found[-1]["_id"]["seq"], found[-1]["hash"])
        # the head first: what comes in meanwhile is then in the messages, and the client never waits for a ghost
        head = await self._recorder.head(space["_id"])
        return new or await self._reader.after(space, member, seq, limit + 1), head
