"""Envelope encryption: personal data is sealed under a data key of its case or person.

A data key is wrapped by a master key that has an id. Destroying the data key destroys the data (purge);
rotating the master key means wrapping the data keys again, never touching the data. AES-256-GCM throughout
(NIST SP 800-38D): 96-bit random nonce, and the place where the value is stored as associated data, so that
a sealed value cannot be moved elsewhere unnoticed.
"""

import hashlib
import hmac
import os
import time
from collections import OrderedDict
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.documents.ledgers import DataKeyDocument
from services.clock import Clock, utc_now
from services.errors import Problem
from services.storage.database import Database

_NONCE = 12
_VERSION = b"\x01"
_CACHED_KEYS = 20_000
_SHORTEST = 1 + _NONCE + 16  # version, nonce, tag
# How long a process may go on with a key that another process has destroyed meanwhile.
REMEMBERED_SECONDS = 60.0


class KeyDestroyedError(Problem):
    """The data key is gone by decision (purge); what was sealed under it cannot be read any more.

    Whoever does not expect it answers ``content.purged``.
    """

    def __init__(self, subject: str) -> None:
        super().__init__("content.purged")
        self.subject = subject


class SealBrokenError(Exception):
    """A sealed value does not open: it was altered, moved, or sealed under another key."""


class DataKey:
    """Seals and opens values of one subject."""

    __slots__ = ("_aead", "_key")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._aead = AESGCM(key)

    def seal(self, value: bytes, place: str) -> bytes:
        """Version ‖ nonce ‖ ciphertext ‖ tag. ``place`` must be given again to open it."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._aead.encrypt(nonce, value, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The value. Raises SealBrokenError."""
        if sealed[:1] != _VERSION or len(sealed) < _SHORTEST:
            raise SealBrokenError(place)
        try:
            return self._aead.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], place.encode())
        except InvalidTag as fault:
            raise SealBrokenError(place) from fault

    def seal_text(self, value: str, place: str) -> bytes:
        return self.seal(value.encode(), place)

    def open_text(self, sealed: bytes, place: str) -> str:
        return self.open(sealed, place).decode()

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key of its own for ``purpose`` (HKDF-SHA256), e.g. for one file."""
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._key)


class BlindIndex:
    """Looks personal data up without storing it: HMAC-SHA256 under a key of the deployment."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def lookup(self, kind: str, value: str) -> str:
        return hmac.new(self._key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key of its own for ``purpose`` (HKDF-SHA256), e.g. for the index behind search."""
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._key)


class Vault:
    """Gives out the data keys of subjects such as ``space:…`` and ``user:…``."""

    def __init__(self, database: Database, masters: Mapping[str, bytes], clock: Clock = utc_now) -> None:
        """``masters`` maps id → 32-byte key; the first one wraps new data keys."""
        self._db = database
        self._masters = {name: AESGCM(key) for name, key in masters.items()}
        self._current = next(iter(masters))
        self._clock = clock
        self._cache: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()

    async def key(self, subject: str) -> DataKey:
        """The subject's data key, made at first use. Raises KeyDestroyedError after a purge."""
        cached = self._cache.get(subject)
        if cached is not None and cached[0] > time.monotonic():
            self._cache.move_to_end(subject)
            return cached[1]
        document = await self._db.data_keys.find_one({"_id": subject})
        if document is None:
            fresh, key = self._wrap_new(subject)
            try:
                await self._db.data_keys.insert_one(fresh)
            except DuplicateKeyError:
                return await self.key(subject)
            return self._remember(subject, key)
        return self._remember(subject, self._unwrap(document))

    async def new_key(self, subject: str, session: AsyncClientSession) -> DataKey:
        """Make the data key of a new subject inside the transaction that makes the subject.

        The key is not remembered before it is committed; the caller may use what is returned.
        """
        document, key = self.fresh(subject)
        await self._db.data_keys.insert_one(document, session=session)
        return key

    def fresh(self, subject: str) -> tuple[DataKeyDocument, DataKey]:
        """A new data key and the document that has to be stored with the subject (``GroupCommit``)."""
        document, key = self._wrap_new(subject)
        return document, DataKey(key)

    async def destroy(self, subject: str) -> None:
        """Make everything sealed under the subject's key unreadable for ever; other processes follow in a minute.

        A subject that had no key yet never gets one.
        """
        now = self._clock()
        await self._db.data_keys.update_one(
            {"_id": subject},
            {
                "$unset": {"wrapped": "", "master": ""},
                "$set": {"destroyed_at": now},
                "$setOnInsert": {"schema_version": 1, "created_at": now},
            },
            upsert=True,
        )
        self.forget(subject)

    def forget(self, subject: str) -> None:
        """Drop a key from this process's memory, because another process destroyed it."""
        self._cache.pop(subject, None)

    async def rewrap(self, batch: int = 500) -> int:
        """Wrap every data key under the current master key; the number of keys changed."""
        changed = 0
        while True:
            query = {"master": {"$exists": True, "$ne": self._current}}
            documents = await self._db.data_keys.find(query).limit(batch).to_list()
            for document in documents:
                subject = document["_id"]
                wrapped = self._seal_key(subject, self._unwrap(document))
                result = await self._db.data_keys.update_one(
                    {"_id": subject, "wrapped": document["wrapped"]},
                    {"$set": {"master": self._current, "wrapped": wrapped}},
                )
                changed += result.modified_count
            if len(documents) < batch:
                return changed

    def _remember(self, subject: str, key: bytes) -> DataKey:
        data_key = DataKey(key)
        self._cache[subject] = (time.monotonic() + REMEMBERED_SECONDS, data_key)
        self._cache.move_to_end(subject)
        if len(self._cache) > _CACHED_KEYS:
            self._cache.popitem(last=False)
        return data_key

    def _wrap_new(self, subject: str) -> tuple[DataKeyDocument, bytes]:
        key = AESGCM.generate_key(bit_length=256)
        return {
            "_id": subject,
            "schema_version": 1,
            "master": self._current,
            "wrapped": self._seal_key(subject, key),
            "created_at": self._clock(),
        }, key

    def _seal_key(self, subject: str, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._masters[self._current].encrypt(nonce, key, subject.encode())

    def _unwrap(self, document: DataKeyDocument) -> bytes:
        subject = document["_id"]
        if "wrapped" not in document:
            raise KeyDestroyedError(subject)
        master = self._masters.get(document["master"])
        if master is None:
            raise SealBrokenError(f"no master key {document['master']} for {subject}")
        wrapped = document["wrapped"]
        try:
            return master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject.encode())
        except (InvalidTag, ValueError) as fault:
            raise SealBrokenError(subject) from fault
