"""Holding a message for review (ruling 27): a later entry of the record says so; the message itself is never touched.

While it is held, or after a reviewer has upheld that, its body is shown to its sender and to the staff of the space
only. Like a recall this is a matter of views: the record keeps the message, and that it was held, by whom it was
reviewed and how stands in the audit trail.
"""

from enum import StrEnum

from schemas.documents.spaces import MemberDocument
from schemas.enums import Role


class HoldCode(StrEnum):
    """``code`` of the notice in the space; the newest about a message counts."""

    HELD = "content.held"
    RELEASED = "content.released"
    UPHELD = "content.upheld"


TEXTS = {
    HoldCode.HELD: "一条消息正在接受平台审核，暂时只有发送人和工作人员可见",
    HoldCode.RELEASED: "一条消息已通过审核，恢复显示",
    HoldCode.UPHELD: "一条消息经审核不予显示，原文已存证",
}


# Whether a notice hides the message that it is about; other codes say nothing of that.
HIDES: dict[str, bool] = {HoldCode.HELD: True, HoldCode.UPHELD: True, HoldCode.RELEASED: False}


def may_see(viewer: MemberDocument | None, sender: str) -> bool:
    """Whether a member is shown the body of a held message. Nobody in particular is not."""
    return viewer is not None and (viewer["role"] != Role.CLIENT or viewer["user_id"] == sender)
