"""Files: store, intake, recordings."""

from dataclasses import dataclass

from server.wiring.core import Core
from services.files.file_intake import FileIntake
from services.files.file_store import FileStore
from services.files.file_uploads import FileUploads
from services.files.files import Files
from services.files.held_files import HeldFiles
from services.files.media.ffmpeg import Ffmpeg, find_ffmpeg
from services.files.originals import Originals
from services.files.recordings import Recordings
from services.files.second_copies import SecondCopies


@dataclass(frozen=True, slots=True)
class FileRooms:
    """Files of spaces, and the parts that files of other holders go through."""

    files: Files
    held: HeldFiles
    store: FileStore
    second: SecondCopies
    originals: Originals


def build_files(core: Core) -> FileRooms:
    """Raises FfmpegMissingError, whose text says what to install."""
    settings, database = core.settings, core.database
    store = core.store
    ffmpeg = Ffmpeg(find_ffmpeg())
    intake = FileIntake(
        database,
        core.blobs,
        store,
        ffmpeg,
        core.audit,
        core.outbox,
        upload_max_mb=settings.upload_max_mb,
        clock=core.clock,
    )
    uploads = FileUploads(
        database,
        store,
        core.blobs,
        core.audit,
        upload_url=f"{settings.public_url}/api/v1/uploads",
        upload_max_mb=settings.upload_max_mb,
        clock=core.clock,
    )
    files = Files(
        database,
        core.spaces,
        store,
        core.blobs,
        uploads,
        intake,
        Recordings(database, store, ffmpeg, core.audit),
        core.tickets,
        upload_max_mb=settings.upload_max_mb,
        clock=core.clock,
    )
    held = HeldFiles(database, core.vault, uploads, intake, store, core.clock)
    return FileRooms(
        files, held, store, SecondCopies(database, store, core.audit), Originals(files, core.tickets, core.audit)
    )
