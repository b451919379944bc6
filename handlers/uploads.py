"""``/uploads``: this server's own door for uploads, when clients do not reach the store (ruling 15).

The multipart body goes to the store as it is. Who may put what where is said by the signed policy in it, and
checked by the store: this door knows nothing, and lets through nothing that the store would refuse.
"""

import re

from tornado.web import stream_request_body

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.upload_forms import UPLOADS_PATH
from handlers.upload_relay import UPLOAD_SECONDS, Relay
from schemas.api.base import NoBody
from services.errors import Problem
from services.permissions import PUBLIC

FORM_BYTES = 64 * 1024  # the policy's fields and the boundaries around the file
_CODE = re.compile(rb"<Code>(\w+)</Code>")
_REFUSALS = {
    b"EntityTooLarge": "file.too_large",
    b"EntityTooSmall": "file.empty",
    b"AccessDenied": "auth.ticket_invalid",
    b"ExpiredToken": "auth.ticket_invalid",
    b"InvalidAccessKeyId": "auth.ticket_invalid",
    b"SignatureDoesNotMatch": "auth.ticket_invalid",
    b"InvalidPolicyDocument": "auth.ticket_invalid",
}


@stream_request_body
class UploadsHandler(ApiHandler):
    relay: Relay | None = None
    left = 0

    def prepare(self) -> None:
        super().prepare()
        if self.request.method != "POST":
            return
        target = self.services.files.upload_target()
        headers = {name: self.request.headers[name] for name in _PASSED if name in self.request.headers}
        largest = target.largest + FORM_BYTES
        connection = self.request.connection
        # The rest of a refused body is read and dropped up to twice the size: closing at once would lose the answer.
        connection.set_max_body_size(2 * largest)  # type: ignore[union-attr]
        connection.set_body_timeout(UPLOAD_SECONDS)  # type: ignore[union-attr]
        if not headers.get("Content-Type", "").startswith("multipart/form-data"):
            raise Problem("request.content_type")
        if int(headers.get("Content-Length", 0)) > largest:
            raise Problem("file.too_large")
        self.left = largest
        self.relay = Relay(target.url, headers)

    async def data_received(self, chunk: bytes) -> None:
        if self.relay is None:
            return
        self.left -= len(chunk)
        if self.left >= 0:
            await self.relay.write(chunk)
        else:  # a chunked body tells no length beforehand
            self.relay.cancel()

    @door(
        "Upload a file with the form of an announcement",
        allow=PUBLIC,
        raw=True,
        status=204,
        problems=("auth.ticket_invalid", "file.too_large", "file.empty", "request.invalid", "request.content_type"),
        description="multipart/form-data: the `fields` of the announcement, then the file. The signed policy decides.",
    )
    async def post(self, call: Call[NoBody]) -> None:
        if self.relay is None or self.left < 0:
            raise Problem("file.too_large")
        status, body = await self.relay.finish()
        if status not in (200, 201, 204):
            raise _refusal(status, body)
        self.set_status(204)
        self.finish()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self.relay is not None:
            self.relay.cancel()

    def on_finish(self) -> None:
        super().on_finish()
        if self.relay is not None:
            self.relay.cancel()  # whatever the answer was, nothing goes on behind it


_PASSED = ("Content-Type", "Content-Length")


def _refusal(status: int, body: bytes) -> Problem:
    if status >= 500:
        return Problem("server.unavailable", retry_after=1)
    code = _CODE.search(body)
    return Problem(_REFUSALS.get(code[1], "request.invalid") if code else "request.invalid")


ROUTES = [(UPLOADS_PATH, UploadsHandler)]
