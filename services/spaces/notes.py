"""Staff notes (ruling 7, G8): what lawyer, support and reviewer say about a case among themselves.

They stand in a record of their own beside the space's, appended by the same recorder under the id ``notes:<space>``:
its own dense seq, chain and data key. The space's record therefore stays whole for every member, and nothing that
works on a space's record (list, sync, unread, search, export) can come across a note.
"""

from schemas.api.messages import MessageListQuery
from schemas.api.notes import NoteBody, NotePage, NoteView
from schemas.documents.spaces import EntryDocument, MemberDocument
from schemas.enums import MessageType
from services.actors import Actor
from services.keys import KeyDestroyedError
from services.live import Live
from services.permissions import SPACE, Permission
from services.rate_limits import SEND, RateLimiter
from services.record import Draft, Recorder
from services.record.side_pages import side_page
from services.spaces.message_views import GONE_NAME, names_of
from services.spaces.spaces import Membership, Spaces
from services.storage.database import Database


def notes_of(space_id: str) -> str:
    """The id of the record that holds a space's notes."""
    return f"notes:{space_id}"


class Notes:
    def __init__(
        self, database: Database, recorder: Recorder, spaces: Spaces, live: Live, limiter: RateLimiter
    ) -> None:
        self._db = database
        self._recorder = recorder
        self._spaces = spaces
        self._live = live
        self._limiter = limiter

    async def send(self, actor: Actor, space_id: str, note: NoteBody) -> NoteView:
        """Store a note and tell the staff who are members now. A closed space can still be discussed.

        Raises ``space.not_found``, ``auth.forbidden`` for who is no staff in this space, ``message.id_reused``,
        ``request.rate_limited``.
        """
        self._limiter.take(f"send:{actor.user_id}", SEND)
        place = await self._spaces.access(actor, space_id, Permission.SPACE_NOTES)
        draft = Draft(
            space_id=notes_of(space_id),
            sender=actor.user_id,
            role=place.role.value,
            client_msg_id=note.client_msg_id,
            type=MessageType.TEXT,
            body={"text": note.text},
            sender_name=place.member["display_name"],
            broadcast=False,
        )
        view = await self._view(place, (await self._recorder.append(draft)).entry)
        hint = view.model_dump(mode="json")
        for member in place.space["members"]:
            if _reads_notes(member):
                await self._live.to_user(member["user_id"], "note:new", hint)
        return view

    async def page(self, actor: Actor, space_id: str, query: MessageListQuery) -> NotePage:
        """A page of the notes, ascending: after a seq, before a seq, or the newest.

        Who was let in with a part of the record only reads the notes that were written since: older ones speak of
        what they were not to see. Raises ``space.not_found``, ``auth.forbidden``.
        """
        place = await self._spaces.access(actor, space_id, Permission.SPACE_NOTES)
        since = {"at": {"$gte": place.member["joined_at"]}} if place.member["first_seq"] > 1 else None
        shown, has_more = await side_page(self._db, notes_of(space_id), query, since)
        return NotePage(items=[await self._view(place, entry) for entry in shown], has_more=has_more)

    async def _view(self, place: Membership, entry: EntryDocument) -> NoteView:
        try:
            text = (await self._recorder.open(entry))[0]["text"]
        except KeyDestroyedError as purged:
            text = purged.detail
        return NoteView(
            space_id=place.space["_id"],
            seq=entry["_id"]["seq"],
            client_msg_id=entry["cid"],
            sender={
                "user_id": entry["sender"],
                "role": entry["role"],
                "display_name": names_of(place.space).get(entry["sender"], GONE_NAME),
            },
            text=text,
            sent_at=entry["at"],
            hash=entry["hash"].hex(),
            prev_hash=entry["prev"].hex(),
        )


def _reads_notes(member: MemberDocument) -> bool:
    return "left_at" not in member and member["role"] in SPACE[Permission.SPACE_NOTES]
