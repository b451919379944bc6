"""The container of an evidence bundle: a zip without compression, and a signed list of all that is in it.

Nothing is compressed and nothing optional is written, so every byte beside the contents follows from names, sizes
and contents. The verifier writes those bytes again and compares: no corner is left to hide a change in, and no
archive can unfold into more than it is. Synchronous; the caller keeps it off the event loop.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

import rfc8785

from services.record.heads import HeadSigner

FORM = "casespace.bundle.v1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
VERIFIER = Path(__file__).with_name("verifier.py")
_BLOCK = 1 << 20


class Sink(Protocol):
    def write(self, block: bytes, /) -> object: ...


class _Hashing:
    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, block: bytes) -> None:
        self._target.write(block)
        self.digest.update(block)
        self.size += len(block)


class BundleWriter:
    """Parts are added one after the other; ``finish`` signs the list of them and ends the zip.

    A context manager: left before ``finish``, it lets go of ``target``, in which then stands nothing of use.
    """

    def __init__(self, target: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)
        self._parts: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> "BundleWriter":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # it tries to write an end, which after a full disk fails once more
            self._zip.close()

    @contextmanager
    def part(self, name: str, size: int) -> Iterator[Sink]:
        """Write one part of ``size`` bytes. Raises ValueError when it turns out to have another size."""
        with self._zip.open(_info(name, size), "w") as target:
            hashing = _Hashing(target)
            yield hashing
        if hashing.size != size:
            raise ValueError(f"{name} has {hashing.size} bytes, not {size}")
        self._parts[name] = {"sha256": hashing.digest.hexdigest(), "size": size}

    def add(self, name: str, content: bytes) -> None:
        with self.part(name, len(content)) as sink:
            sink.write(content)

    def add_file(self, name: str, source: IO[bytes]) -> None:
        """Copy an open file, from its beginning."""
        size = source.seek(0, 2)
        source.seek(0)
        with self.part(name, size) as sink:
            while block := source.read(_BLOCK):
                sink.write(block)

    def finish(self, signer: HeadSigner, facts: dict[str, Any]) -> str:
        """Sign the manifest, which holds ``facts`` beside the list; its SHA-256 in hex."""
        manifest = rfc8785.dumps({"form": FORM, **facts, "files": self._parts})
        digest = hashlib.sha256(manifest).hexdigest()
        purpose = "casespace.manifest.v1"
        _, signature = signer.sign_fields({"purpose": purpose, "sha256": digest})
        seal = {"key_id": signer.key_id, "purpose": purpose, "signature": signature.hex()}
        self.add(MANIFEST, manifest)
        self.add(SIGNATURE, rfc8785.dumps(seal))
        self._zip.close()
        return digest


def json_lines(rows: Iterable[dict[str, Any]]) -> bytes:
    """JSON Lines in the one canonical form (RFC 8785)."""
    return b"".join(rfc8785.dumps(row) + b"\n" for row in rows)


def _info(name: str, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system = 3
    info.external_attr = 0o644 << 16
    info.file_size = size
    return info
