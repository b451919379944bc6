"""Papers that identify somebody (an identity card, a bank card, a licence), and who gets which copy of them (K2).

Everybody in the space gets the masked copy by every link: in the chat, in the catalogue, in a court room. Who brought
the paper, lawyer, support and the bench may open the original, by ``Originals``, where that is written down.
"""

from dataclasses import dataclass

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.files import FileVariant
from schemas.documents.spaces import CopyDocument, FileDocument
from schemas.enums import FileState
from services.errors import Problem
from services.outbox import Outbox
from services.permissions import SPACE, Permission
from services.spaces.spaces import Membership

MASK = "file.mask"  # kind of the outbox row: a masked copy is to be drawn
_ELSE_ORIGINAL = (FileVariant.PLAY, FileVariant.PREVIEW)
_THUMBNAILS = (FileVariant.THUMBNAIL, FileVariant.MASKED_THUMBNAIL)
# A link to a masked copy lives on for minutes when somebody has said that there is nothing to hide.
_UNMASKED = {FileVariant.MASKED: FileVariant.PREVIEW, FileVariant.MASKED_THUMBNAIL: FileVariant.THUMBNAIL}


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do with a file that they may see."""

    opens_original: bool = False
    marks: bool = False


NO_RIGHTS = Rights()


def rights_of(place: Membership, owner_id: str) -> Rights:
    own = place.member["user_id"] == owner_id
    return Rights(
        opens_original=own or place.role in SPACE[Permission.READING_CLEAR],
        marks=(own or place.role in SPACE[Permission.READING_CONFIRM]) and "closed_at" not in place.space,
    )


def is_paper(content_type: str) -> bool:
    """What a paper can be seen on, and what a masked copy can be drawn of."""
    return content_type == "application/pdf" or content_type.startswith("image/")


def is_masked(document: FileDocument) -> bool:
    return document.get("identifies", False) and is_paper(document["content_type"])


def check_whole(document: FileDocument) -> None:
    """Raises ``file.not_found``, ``file.not_uploaded``, ``file.gone``."""
    if document["state"] == FileState.REJECTED:
        raise Problem("file.not_found")
    if document["state"] != FileState.COMPLETE:
        raise Problem("file.not_uploaded")
    if "purged_at" in document:
        raise Problem("file.gone")


def copy_for(document: FileDocument, variant: FileVariant, *, whole: bool) -> CopyDocument:
    """The copy that is served; ``whole``: to who may have the original.

    Raises ``file.not_found``, and ``file.masked`` while there is no masked copy yet, or none can be drawn.
    """
    copies = document.get("copies", {})
    if is_masked(document) and not whole:
        name = FileVariant.MASKED_THUMBNAIL if variant in _THUMBNAILS else FileVariant.MASKED
        if name not in copies:
            raise Problem("file.masked")
        return copies[name]
    variant = _UNMASKED.get(variant, variant)
    copy = copies.get(variant) or (copies["original"] if variant in _ELSE_ORIGINAL else None)
    if copy is None:
        raise Problem("file.not_found")
    return copy


async def owe_mask(outbox: Outbox, session: AsyncClientSession, file_id: str) -> None:
    """In the transaction that makes it complete, or known for such a paper. A subject of its own: it takes seconds."""
    await outbox.add(session, MASK, f"mask:{file_id}", {"file_id": file_id})
