"""The floor of ``payments``: prove a notice, open it, and write what the product writes, in one transaction.

The sample is ``{writes, public_key, api_v3_key}``.
"""

import base64
import json
from typing import Any

from _floor import FloorHandler, run
from bson import ObjectId
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pymongo import AsyncMongoClient


class NoticeHandler(FloorHandler):
    def initialize(self, client: AsyncMongoClient[dict[str, Any]], database: str, sample: dict[str, Any]) -> None:
        super().initialize(client, database, sample)
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
        number = transaction["out_trade_no"]
        await self.store((row["in"], renewed(row["in"], row["document"], number)) for row in self.sample["writes"])
        self.set_status(204)
        self.finish()

    def prove(self) -> None:
        """Raises InvalidSignature."""
        given = self.request.headers
        stamp, nonce = given["Wechatpay-Timestamp"], given["Wechatpay-Nonce"]
        message = f"{stamp}\n{nonce}\n".encode() + self.request.body + b"\n"
        self.key.verify(base64.b64decode(given["Wechatpay-Signature"]), message, PKCS1v15(), SHA256())


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


if __name__ == "__main__":
    run("/notify", NoticeHandler)
