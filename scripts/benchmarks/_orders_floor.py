"""The floor of ``orders``: the same documents in the same transaction, through bare Tornado and PyMongo.

No authentication, no validation, no rules: what remains is what any implementation on this stack must pay.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import bson
import uvloop
from bson import ObjectId
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

MAJORITY = WriteConcern(w="majority", j=True)


class OrderHandler(RequestHandler):
    def initialize(self, client: AsyncMongoClient[dict[str, Any]], database: str, sample: dict[str, Any]) -> None:
        self.client = client
        self.database = client.get_database(database, write_concern=MAJORITY)
        self.sample = sample

    async def post(self) -> None:
        json.loads(self.request.body)
        fresh = {name: renewed(name, document) for name, document in self.sample["documents"].items()}

        async def work(session: AsyncClientSession) -> None:
            for name, document in fresh.items():
                await self.database[name].insert_one(document, session=session)

        async with self.client.start_session() as session:
            await session.with_transaction(work, read_concern=ReadConcern("snapshot"), write_concern=MAJORITY)
        self.set_status(201)
        self.set_header("Content-Type", "application/json")
        self.finish(self.sample["answer"])


def renewed(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """The sample with new identities wherever an index is unique."""
    identity = str(ObjectId())
    if name == "idempotency":
        return {**document, "_id": {**document["_id"], "key": identity}}
    fresh = {**document, "_id": f"space:{identity}" if name == "data_keys" else identity}
    if name == "orders":
        fresh |= {"number": identity, "space_id": str(ObjectId())}
    return fresh


async def serve(uri: str, database: str, sample: dict[str, Any]) -> None:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri, w="majority", journal=True)
    arguments = {"client": client, "database": database, "sample": sample}
    server = HTTPServer(Application([("/orders", OrderHandler, arguments)], log_function=lambda _: None))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    sys.stdout.write(f"READY {sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--uri", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--sample", type=Path, required=True, help="BSON of {documents, answer}")
    given = parser.parse_args()
    uvloop.run(serve(given.uri, given.database, bson.decode(given.sample.read_bytes())))


if __name__ == "__main__":
    main()
