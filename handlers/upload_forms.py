"""Where a browser is to post its upload."""

from handlers.base import ApiHandler
from schemas.api.files import UploadView

UPLOADS_PATH = "/api/v1/uploads"


def as_reached(handler: ApiHandler, begun: UploadView) -> UploadView:
    """A development machine is reached under several names; the browser may post to the one it came by only."""
    if handler.edge.sandbox_url is None or not begun.upload.url.endswith(UPLOADS_PATH):
        return begun
    own = f"{handler.request.protocol}://{handler.request.host}{UPLOADS_PATH}"
    return begun.model_copy(update={"upload": begun.upload.model_copy(update={"url": own})})
