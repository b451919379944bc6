"""The floor of ``payments``: prove a notice, open it, and write what the product writes, in one transaction.

Bare Tornado, cryptography and PyMongo: no rules, no reads. What remains is what any implementation on this stack pays.
"""

import argparse
import asyncio
import base64
import json
import sys
from pathlib import Path
from typing import Any

import bson
import uvloop
from bson import ObjectId
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

MAJORITY = WriteConcern(w="majority", j=True)


class NoticeHandler(RequestHandler):
    def initialize(self, client: AsyncMongoClient[dict[str, Any]], database: str, sample: dict[str, Any]) -> None:
        self.client = client
        self.database = client.get_database(database, write_concern=MAJORITY)
        self.sample = sample
        self.aead = AESGCM(sample["api_v3_key"].encode())
        key = load_pem_public_key(sample["public_key"].encode())
        assert isinstance(key, RSAPublicKey)
        self.key = key

    async def post(self) -> None:
        self.prove()
        resource = json.loads(self.request.body)["resource"]
        sealed = base64.b64decode(resource["ciphertext"])
        transaction = json.loads(
            self.aead.decrypt(resource["nonce"].encode(), sealed, resource["associated_data"].encode())
        )
        await self.write_down(transaction["out_trade_no"])
        self.set_status(204)
        self.finish()

    def prove(self) -> None:
        """Raises InvalidSignature."""
        given = self.request.headers
        stamp, nonce = given["Wechatpay-Timestamp"], given["Wechatpay-Nonce"]
        message = f"{stamp}\n{nonce}\n".encode() + self.request.body + b"\n"
        self.key.verify(base64.b64decode(given["Wechatpay-Signature"]), message, PKCS1v15(), SHA256())

    async def write_down(self, number: str) -> None:
        fresh = [(row["in"], renewed(row["in"], row["document"], number)) for row in self.sample["writes"]]

        async def work(session: AsyncClientSession) -> None:
            for name, document in fresh:
                await self.database[name].insert_one(document, session=session)

        async with self.client.start_session() as session:
            await session.with_transaction(work, read_concern=ReadConcern("snapshot"), write_concern=MAJORITY)


def renewed(name: str, document: dict[str, Any], number: str) -> dict[str, Any]:
    """The sample with new identities wherever an index is unique."""
    identity = str(ObjectId())
    fresh = {**document, "_id": identity}
    if name == "orders":
        fresh |= {"number": identity, "space_id": identity}
    if name == "payments":
        subject = {**document["subject"], "id": identity}
        fresh |= {"out_trade_no": number + identity, "transaction_id": identity, "order_id": identity}
        fresh |= {"subject": subject}
    if name == "spaces":
        fresh |= {"order_id": identity}
    return fresh


async def serve(uri: str, database: str, sample: dict[str, Any]) -> None:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri, w="majority", journal=True)
    arguments = {"client": client, "database": database, "sample": sample}
    server = HTTPServer(Application([("/notify", NoticeHandler, arguments)], log_function=lambda _: None))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    sys.stdout.write(f"READY {sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--uri", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--sample", type=Path, required=True, help="BSON of {writes, public_key, api_v3_key}")
    given = parser.parse_args()
    uvloop.run(serve(given.uri, given.database, bson.decode(given.sample.read_bytes())))


if __name__ == "__main__":
    main()
