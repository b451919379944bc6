"""Blobs: bytes under a key, in any S3 server.

The ``minio`` client is synchronous, so every call runs in a small pool of threads of its own: a slow store
takes these threads and nothing else. The store sees ciphertext only, except for what lies in quarantine.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import BinaryIO, TypeVar

import urllib3
from minio import Minio
from minio.datatypes import PostPolicy
from minio.error import InvalidResponseError, S3Error, ServerError

from services.errors import Problem

T = TypeVar("T")

THREADS = 16
CHUNK = 1 << 20
# Parts of a multipart upload, each held in memory once: the smallest size that S3 allows.
PART = 5 << 20
_ABSENT = ("NoSuchKey", "NoSuchObject")


class BlobMissingError(Exception):
    """There is nothing under this key."""


class BlobTooLargeError(Exception):
    """There is more under this key than the caller is ready to take."""


@dataclass(frozen=True, slots=True)
class PostForm:
    """Where to post a multipart form, and the fields that must precede the file."""

    url: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class BlobInfo:
    key: str
    size: int
    modified_at: datetime


class Blobs:
    """One bucket. Raises Problem ``server.unavailable`` when the store cannot be reached or fails."""

    def __init__(
        self,
        endpoint: str,
        access_key: str,
        secret_key: str,
        bucket: str,
        *,
        region: str = "us-east-1",
        secure: bool = True,
        public_url: str | None = None,
    ) -> None:
        """``public_url`` is the bucket's URL as clients reach it; None: they do not."""
        http = urllib3.PoolManager(
            maxsize=THREADS,
            timeout=urllib3.Timeout(connect=3, read=30),
            retries=urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
        )
        # With the region given, presigning is pure computation; without, it would ask the server for it.
        self._client = Minio(
            endpoint,
            access_key=access_key,
            secret_key=secret_key,
            secure=secure,
            region=region,
            http_client=http,
        )
        self._bucket = bucket
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="blobs")
        self.public_url = public_url.rstrip("/") if public_url else None
        self.inside_url = f"{'https' if secure else 'http'}://{endpoint}/{bucket}"

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def ensure_bucket(self) -> None:
        """Make the bucket if it is not there."""
        await self._run(self._make_bucket)

    async def ready(self) -> bool:
        """Whether the store answers and has the bucket."""
        try:
            return await asyncio.wait_for(self._run(partial(self._client.bucket_exists, self._bucket)), timeout=2)
        except (Problem, TimeoutError):
            return False

    def post_form(self, key: str, content_type: str, largest: int, expires_at: datetime) -> PostForm:
        """A form that lets its holder put one object of 1 to ``largest`` bytes under exactly this key.

        AWS: "POST Policy" of Signature Version 4 (sigv4-HTTPPOSTConstructPolicy). No I/O.
        """
        policy = PostPolicy(self._bucket, expires_at)
        policy.add_equals_condition("key", key)
        policy.add_equals_condition("Content-Type", content_type)
        policy.add_content_length_range_condition(1, largest)
        fields = self._client.presigned_post_policy(policy)
        return PostForm(self.public_url or self.inside_url, {"key": key, "Content-Type": content_type, **fields})

    async def put(self, key: str, source: BinaryIO, length: int) -> None:
        """Store ``length`` bytes read from ``source``; large ones in parts of 5 MiB."""
        await self._run(
            partial(self._client.put_object, self._bucket, key, source, length, part_size=PART, num_parallel_uploads=1)
        )

    async def put_bytes(self, key: str, value: bytes) -> None:
        await self.put(key, BytesIO(value), len(value))

    async def size(self, key: str) -> int:
        """Raises BlobMissingError."""
        found = await self._run(partial(self._client.stat_object, self._bucket, key))
        return found.size or 0

    async def get(self, key: str, start: int, length: int) -> bytes:
        """``length`` bytes from ``start`` on, fewer where the object ends. Raises BlobMissingError."""
        return await self._run(partial(self._read, key, start, length))

    async def copy_to(self, key: str, target: BinaryIO, largest: int, seen: Callable[[bytes], None]) -> int:
        """Write the whole object to ``target``, showing each chunk to ``seen``; the number of bytes.

        Raises BlobMissingError, BlobTooLargeError.
        """
        return await self._run(partial(self._copy, key, target, largest, seen))

    async def delete(self, key: str) -> None:
        """Remove what is there, if anything."""
        await self._run(partial(self._client.remove_object, self._bucket, key))

    async def under(self, prefix: str) -> list[BlobInfo]:
        """What lies under a prefix; meant for the few objects of one file."""
        return await self._run(partial(self._list, prefix))

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except S3Error as fault:
            if fault.code in _ABSENT:
                raise BlobMissingError from None
            raise Problem("server.unavailable", retry_after=1) from fault
        except (ServerError, InvalidResponseError, urllib3.exceptions.HTTPError, ConnectionError) as fault:
            raise Problem("server.unavailable", retry_after=1) from fault

    def _make_bucket(self) -> None:
        if self._client.bucket_exists(self._bucket):
            return
        try:
            self._client.make_bucket(self._bucket)
        except S3Error as fault:
            if fault.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise

    def _read(self, key: str, start: int, length: int) -> bytes:
        answer = self._client.get_object(self._bucket, key, offset=start, length=length)
        try:
            return answer.read()
        finally:
            answer.close()
            answer.release_conn()

    def _copy(self, key: str, target: BinaryIO, largest: int, seen: Callable[[bytes], None]) -> int:
        answer = self._client.get_object(self._bucket, key)
        size = 0
        try:
            for chunk in answer.stream(CHUNK):
                size += len(chunk)
                if size > largest:
                    raise BlobTooLargeError
                seen(chunk)
                target.write(chunk)
        finally:
            answer.close()
            answer.release_conn()
        return size

    def _list(self, prefix: str) -> list[BlobInfo]:
        found = self._client.list_objects(self._bucket, prefix=prefix, recursive=True)
        return [
            BlobInfo(item.object_name, item.size or 0, item.last_modified)
            for item in found
            if item.object_name and item.last_modified
        ]


# Uploads lie in quarantine, and what has been checked lies beside it, encrypted, under names of its own.
def quarantine_key(file_id: str) -> str:
    return f"quarantine/{file_id}"


def sealed_prefix(file_id: str) -> str:
    return f"files/{file_id}/"


LONGEST_POLICY = timedelta(minutes=15)
