"""What the floors have in common: bare Tornado and PyMongo that store samples in one transaction.

No authentication, no rules, no reads: what remains is what any implementation on this stack must pay.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bson
import uvloop
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

MAJORITY = WriteConcern(w="majority", j=True)


class FloorHandler(RequestHandler):
    def initialize(self, client: AsyncMongoClient[dict[str, Any]], database: str, sample: dict[str, Any]) -> None:
        self.client = client
        self.database = client.get_database(database, write_concern=MAJORITY)
        self.sample = sample

    async def store(self, documents: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Documents with the names of their collections, all or none."""
        fresh = list(documents)

        async def work(session: AsyncClientSession) -> None:
            for name, document in fresh:
                await self.database[name].insert_one(document, session=session)

        async with self.client.start_session() as session:
            await session.with_transaction(work, read_concern=ReadConcern("snapshot"), write_concern=MAJORITY)


async def serve(path: str, handler: type[FloorHandler], uri: str, database: str, sample: dict[str, Any]) -> None:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri, w="majority", journal=True)
    arguments = {"client": client, "database": database, "sample": sample}
    server = HTTPServer(Application([(path, handler, arguments)], log_function=lambda _: None))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    sys.stdout.write(f"READY {sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def run(path: str, handler: type[FloorHandler]) -> None:
    """Serve ``handler`` at ``path`` until killed; the file ``--sample`` holds what it stores, in BSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--uri", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--sample", type=Path, required=True)
    given = parser.parse_args()
    uvloop.run(serve(path, handler, given.uri, given.database, bson.decode(given.sample.read_bytes())))
