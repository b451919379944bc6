"""A web process: listen, serve, and stop without losing anything that was accepted."""

import asyncio
import contextlib
import gc
import logging
import ssl
from functools import partial
from typing import Any

import orjson
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from handlers.base import Edge
from handlers.body_limit import DROPPED_BYTES
from realtime.engine import Pace, SocketServer
from realtime.limit_exchange import LimitExchange
from realtime.messages import CaseSpaceNamespace
from realtime.tasks import end_all
from server.app import make_app
from server.settings import Settings
from server.wiring import House

log = logging.getLogger("casespace.web")

SWEEP_SECONDS = 30.0
MAX_HEADER_BYTES = 64 << 10
IDLE_SECONDS = 75.0


class Web:
    """The doors of one process."""

    def __init__(self, house: House, pace: Pace | None = None) -> None:
        """``pace``: how long sockets wait for their clients."""
        self._house = house
        settings = house.settings
        limiter, valkey = house.core.limiter, house.core.valkey
        self._exchange = LimitExchange(valkey, limiter) if valkey is not None else None
        self.socket_server = SocketServer(pace or Pace())
        namespace = CaseSpaceNamespace(
            self.socket_server, house.services, house.core.publisher, limiter, house.metrics.event
        )
        self.socket_server.register_namespace(namespace)
        house.metrics.sockets.set_function(lambda: len(house.core.sockets.by_sid))
        self._edge = Edge(
            services=house.services,
            limiter=limiter,
            observe=house.metrics.request,
            ready=self._ready,
            metrics=house.metrics.text,
            metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else None,
            client_config=partial(client_config, settings),
            sandbox_url=settings.sandbox_url,
            web_root=settings.web_root,
            log_requests=settings.log_requests,
        )
        self._server = HTTPServer(
            make_app(self._edge, self.socket_server, settings.allowed_origins),
            xheaders=bool(settings.trusted_proxies),
            trusted_downstream=settings.trusted_proxies,
            max_body_size=DROPPED_BYTES,
            max_header_size=MAX_HEADER_BYTES,
            idle_connection_timeout=IDLE_SECONDS,
            ssl_options=_tls(settings),
        )
        self._tasks: list[asyncio.Task[None]] = []
        self.port = 0

    async def start(self) -> None:
        """Listen; several processes may share a port (SO_REUSEPORT)."""
        settings = self._house.settings
        await self._house.start()
        sockets = bind_sockets(settings.http_port, settings.http_host, reuse_port=settings.http_port != 0)
        self._server.add_sockets(sockets)
        self.port = sockets[0].getsockname()[1]
        self._tasks = [asyncio.create_task(self._sweep())]
        if self._exchange is not None:
            self._tasks.append(asyncio.create_task(self._exchange.run()))
        # What start-up made lives as long as the process: keep the collector from walking it again and again,
        # which with a thousand sockets costs a fifth of the CPU and most of the worst latencies. Nobody is served
        # while it walks, so each walk but the rare full one is kept below some 15 ms (50,000 objects).
        gc.collect()
        gc.freeze()
        gc.set_threshold(5_000, 10, 1_000)
        log.info("listening on %s:%d", settings.http_host, self.port)

    async def stop(self) -> None:
        """Take no new requests, finish the running ones, tell sockets to go elsewhere."""
        await end_all(self._tasks)
        self._server.stop()
        told = self.socket_server.close_all()
        deadline = asyncio.get_running_loop().time() + self._house.settings.drain_seconds
        while self._edge.in_flight and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        left = len(self._edge.in_flight)
        log.info("drained: %d sockets told, %d requests cut off", told, left)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._server.close_all_connections(), 2)

    async def _ready(self) -> dict[str, bool]:
        database, files = await asyncio.gather(self._house.database.ping(), self._house.blobs.ready())
        return {"database": database, "files": files}

    async def _sweep(self) -> None:
        """Close sockets of ended sessions: the word that ends one at once is a hint and may get lost.

        Count what is parked: a worker has no door at which its metrics could be asked for.
        """
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self._house.core.publisher.end_sessions()
            except Exception:
                log.exception("sessions could not be looked up")
            try:
                self._house.metrics.parked(await self._house.core.parking.counts())
            except Exception:
                log.exception("parked effects could not be counted")
            try:
                self._house.metrics.reads(await self._house.reading.queue.counts())
            except Exception:
                log.exception("files that wait to be read could not be counted")


def client_config(settings: Settings) -> dict[str, Any]:
    """What ``GET /api/v1/client-config`` answers."""
    demo: dict[str, Any] | None = None
    if settings.development and settings.demo_file is not None and settings.demo_file.is_file():
        demo = orjson.loads(settings.demo_file.read_bytes())
    return {
        "environment": settings.env,
        "sandbox_path": "/sandbox" if settings.development and settings.sandbox_url else None,
        "demo": {"clients": demo["clients"], "staff": demo["staff"]} if demo else None,
        "upload_max_bytes": settings.upload_max_mb << 20,
        "recall_seconds": settings.recall_minutes * 60,
    }


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls_cert_file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.tls_cert_file, settings.tls_key_file)
    return context
