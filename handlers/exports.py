"""``/spaces/{id}/export``: a case space as an evidence bundle."""

from urllib.parse import quote

from handlers.doors import Call, door
from handlers.streams import StreamHandler
from schemas.api.base import NoBody
from services.permissions import SIGNED_IN
from services.rate_limits import Limit

# Building one reads and decrypts a whole case.
EXPORTS = Limit(6, 600)


class SpaceExportHandler(StreamHandler):
    @door(
        "The evidence bundle of a case space: a zip with an offline verifier",
        allow=SIGNED_IN,
        raw=True,
        limit=EXPORTS,
        problems=("space.not_found", "record.broken"),
        description="What the caller may see, originals of files, signed checkpoints, time stamps, and `verify.py`. "
        "The answer begins when the bundle is whole; large cases take a while.",
    )
    async def get(self, call: Call[NoBody], space_id: str) -> None:
        export = await self.services.exports.export(call.actor, space_id)
        try:
            self.set_header("Content-Type", "application/zip")
            self.set_header("Content-Length", str(export.size))
            self.set_header(
                "Content-Disposition",
                f"attachment; filename=\"case-{space_id}.zip\"; filename*=UTF-8''{quote(export.name, safe='')}",
            )
            await self.send_blocks(export.read())
        finally:
            export.close()


ROUTES = [("/api/v1/spaces/([0-9a-f]{24})/export", SpaceExportHandler)]
