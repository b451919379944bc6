"""Files: store, intake, recordings."""

from server.wiring.core import Core
from services.files.file_intake import FileIntake
from services.files.file_store import FileStore
from services.files.files import Files
from services.files.media.ffmpeg import Ffmpeg, find_ffmpeg
from services.files.recordings import Recordings


def build_files(core: Core) -> Files:
    """Raises FfmpegMissingError, whose text says what to install."""
    settings, database = core.settings, core.database
    store = FileStore(core.blobs, core.vault)
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
    return Files(
        database,
        core.spaces,
        store,
        core.blobs,
        intake,
        Recordings(database, store, ffmpeg, core.audit),
        core.tickets,
        core.audit,
        upload_url=f"{settings.public_url}/api/v1/uploads",
        upload_max_mb=settings.upload_max_mb,
        clock=core.clock,
    )
