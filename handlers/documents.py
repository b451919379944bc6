"""``/openapi.json``, ``/asyncapi.json`` and a readable page of each, as they were generated at start."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody, View
from services.errors import Problem
from services.permissions import PUBLIC


class ClientConfigView(View):
    """What a client must know before it signs in. ``demo`` and ``sandbox_path`` exist in development only."""

    environment: str
    sandbox_path: str | None = None
    demo: dict[str, list[dict[str, object]]] | None = None
    upload_max_bytes: int
    recall_seconds: int


class DocumentHandler(ApiHandler):
    @door("The description of this interface", allow=PUBLIC, raw=True)
    async def get(self, call: Call[NoBody]) -> None:
        document = self.edge.documents.get(self.request.path)
        if document is None:
            raise Problem("request.not_found")
        kind = "application/json" if self.request.path.endswith(".json") else "text/html"
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.finish(document)


class ClientConfigHandler(ApiHandler):
    @door("What a client must know before it signs in", allow=PUBLIC, answer=ClientConfigView)
    async def get(self, call: Call[NoBody]) -> ClientConfigView:
        return ClientConfigView.model_validate(self.edge.client_config())


ROUTES = [
    (r"/openapi\.json", DocumentHandler),
    (r"/asyncapi\.json", DocumentHandler),
    ("/docs/(?:http|events|problems)", DocumentHandler),
    ("/api/v1/client-config", ClientConfigHandler),
]
