"""What is shown of a file, and what other services are told of it."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.api.files import FileVariant, FileView
from schemas.documents.spaces import FileDocument
from schemas.enums import FileState
from services.files.masked_files import NO_RIGHTS, Rights, is_masked, is_paper
from services.keys import DataKey

_PLAIN = (FileVariant.ORIGINAL, FileVariant.THUMBNAIL)
_MASKED = (FileVariant.MASKED, FileVariant.MASKED_THUMBNAIL)
Links = Callable[[str, str], str]  # file id, variant → link with a short-lived ticket


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A complete file, as a message refers to it. Sizes in bytes and pixels, duration in milliseconds."""

    id: str
    sha256: str
    content_type: str
    size: int
    width: int | None
    height: int | None
    duration_ms: int | None
    name: str
    thumbnail: bool


def name_place(file_id: str) -> str:
    return f"file:{file_id}:name"


def name_of(document: FileDocument, key: DataKey) -> str:
    return key.open_text(document["name"], name_place(document["_id"]))


def facts_of(document: FileDocument, key: DataKey) -> FileFacts:
    return FileFacts(
        document["_id"],
        document["sha256"],
        document["content_type"],
        document["size"],
        document.get("width"),
        document.get("height"),
        document.get("duration_ms"),
        name_of(document, key),
        FileVariant.THUMBNAIL in document.get("copies", {}),
    )


def view_of(document: FileDocument, key: DataKey, links: Links, rights: Rights = NO_RIGHTS) -> FileView:
    file_id = document["_id"]
    complete = document["state"] == FileState.COMPLETE and "purged_at" not in document
    copies, family = document.get("copies", {}), document["content_type"].partition("/")[0]
    masked = is_masked(document)
    # names of their own: what a phone keeps under the original's address must not be taken for the masked copy
    whole, small = _MASKED if masked else _PLAIN
    thumbnail = small if FileVariant.THUMBNAIL in copies else None
    return FileView(
        id=file_id,
        space_id=document["space_id"],
        name=name_of(document, key),
        content_type=document["content_type"],
        size=document.get("size", document["declared_size"]),
        sha256=document.get("sha256"),
        width=document.get("width"),
        height=document.get("height"),
        duration_ms=document.get("duration_ms"),
        state=FileState(document["state"]),
        url=links(file_id, whole) if complete else None,
        thumbnail_url=links(file_id, thumbnail) if thumbnail else None,
        preview_url=links(file_id, whole if masked else FileVariant.PREVIEW)
        if complete and family == "image"
        else None,
        play_url=links(file_id, FileVariant.PLAY) if complete and family == "audio" else None,
        masked=masked,
        opens_original=masked and complete and rights.opens_original,
        marks=complete and rights.marks and is_paper(document["content_type"]),
        created_at=document["created_at"],
    )
