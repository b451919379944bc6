"""Staff notes of a case space."""

from pydantic import ConfigDict, Field

from schemas.api.base import Body, Moment, View
from schemas.api.messages import MAX_TEXT, ClientMsgId, SenderView


class NoteBody(Body):
    model_config = ConfigDict(str_strip_whitespace=False)

    client_msg_id: ClientMsgId
    text: str = Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")


class NoteView(View):
    """A note among the staff of a space. ``seq`` is dense and counts notes only."""

    space_id: str
    seq: int
    client_msg_id: str
    sender: SenderView
    text: str
    sent_at: Moment
    hash: str
    prev_hash: str


class NotePage(View):
    items: list[NoteView]
    has_more: bool
