"""Evidence bundles made in memory, and the tools of a forger: take apart, change, link anew, sign anew, pack."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import orjson
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from schemas.api.base import CHINA
from schemas.documents.record import CheckpointDocument
from schemas.documents.spaces import EntryDocument
from schemas.enums import MessageType
from services.record import GENESIS, HeadSigner, canonical_body, commitment, entry_hash
from services.record.bundle import BundleWriter, json_lines
from services.record.checkpoints import statement_fields
from services.record.merkle import tree
from services.record.rows import FileRow, FileState, Shown, Withheld, checkpoint_row, key_file, message_line

SPACE = "665f0000000000000000000a"
WANG, LI = "665f00000000000000000001", "665f00000000000000000002"
# Half a day ago: time-stamps are made now, and one that comes more than a day after its checkpoint is told.
START = datetime.now(UTC).replace(microsecond=123_000) - timedelta(hours=12)
if START.astimezone(CHINA).hour == 23:  # all entries on one day
    START -= timedelta(hours=1)
PICTURE = b"\x89PNG not really " * 50
Stamper = Callable[[bytes], bytes]


def new_signer() -> HeadSigner:
    key = Ed25519PrivateKey.generate()
    return HeadSigner(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@dataclass
class Case:
    """A record in memory. ``bundle`` is what the product makes of it for a member."""

    signer: HeadSigner = field(default_factory=new_signer)
    shown: list[Shown] = field(default_factory=list)

    def say(self, kind: MessageType, body: dict[str, Any], sender: str = WANG, **more: Any) -> int:
        seq = len(self.shown) + 1
        salt = hashlib.sha256(b"salt %d" % seq).digest()[:16]
        made: dict[str, Any] = {
            "_id": {"space": SPACE, "seq": seq},
            "v": 1,
            "sender": sender,
            "role": "client" if sender == WANG else "lawyer",
            "cid": f"m{seq}",
            "type": kind.value,
            "at": START + timedelta(minutes=seq),
            "sealed": b"",
            "commit": commitment(salt, canonical_body(kind, body)),
            "prev": self.shown[-1].entry["hash"] if self.shown else GENESIS,
            "hash": b"",
            **more,
        }
        entry = cast(EntryDocument, made)
        entry["hash"] = entry_hash(entry)
        self.shown.append(Shown(entry, body, salt))
        return seq

    def receipt(self, seq: int) -> dict[str, Any]:
        """What ``sync`` gave a member when the record had ``seq`` entries."""
        digest = self.shown[seq - 1].entry["hash"] if seq else GENESIS
        head = self.signer.sign(SPACE, seq, digest)
        return {"seq": seq, "hash": head.hash, "key_id": head.key_id, "signature": head.signature}

    def bundle(self, first_seq: int = 1, ends: Sequence[int] = (), stamp: Stamper | None = None) -> bytes:
        """The zip, with checkpoints at ``ends`` and at the end of the record, the latter stamped if told how."""
        shown = [self._as_exported(one, first_seq) for one in self.shown]
        checkpoints = checkpoint_series(self.signer, [*ends, len(shown)], [one.entry["hash"] for one in shown])
        rows = [checkpoint_row(checkpoint) for checkpoint in checkpoints]
        target = io.BytesIO()
        writer = BundleWriter(target)
        files: dict[str, FileRow] = {}
        for one in shown:
            for file in one.entry.get("files", ()) if one.withheld is None else ():
                name = f"files/00001-{file['id']}.png"
                if file["id"] not in files:
                    writer.add(name, PICTURE)
                    files[file["id"]] = FileRow(
                        file["id"], file["sha256"], [], FileState.INCLUDED, name, "照片.png", "image/png", len(PICTURE)
                    )
                files[file["id"]].messages.append(one.entry["_id"]["seq"])
        if stamp is not None:
            add_stamp(rows[-1], checkpoints[-1], writer, stamp)
        writer.add("messages.jsonl", b"".join(map(message_line, shown)))
        writer.add("messages.html", b"<!DOCTYPE html>")
        writer.add("files.jsonl", json_lines(row.row() for row in files.values()))
        writer.add("members.json", b'{"members":[]}')
        writer.add("checkpoints.jsonl", json_lines(rows))
        writer.add("record_key.pem", key_file([self.signer.public_raw]))
        head = shown[-1].entry["hash"] if shown else GENESIS
        writer.finish(self.signer, facts(first_seq, len(shown), head.hex(), len(rows)))
        return target.getvalue()

    def _as_exported(self, one: Shown, first_seq: int) -> Shown:
        if one.entry["_id"]["seq"] < first_seq:
            return Shown(one.entry, withheld=Withheld.BEFORE_FIRST_SEQ)
        recalled = {o.entry.get("target") for o in self.shown if o.entry["type"] == "recall"}
        return Shown(one.entry, withheld=Withheld.RECALLED) if one.entry["_id"]["seq"] in recalled else one


def sample(signer: HeadSigner | None = None) -> Case:
    """Twelve entries of every kind that matters: words, a place, a picture twice, a recall."""
    case = Case(signer or new_signer())
    for n in range(5):
        case.say(MessageType.TEXT, {"text": f"第{n}句 “押金” \u0000 👨‍👩‍👧"}, WANG if n % 2 else LI)
    picture = {"id": "665f0000000000000000f11e", "sha256": hashlib.sha256(PICTURE).hexdigest()}
    case.say(MessageType.IMAGE, {"file_id": picture["id"], "width": 3, "height": 4}, files=[picture])
    case.say(MessageType.LOCATION, {"latitude": 39.904212, "longitude": 1e-7, "name": "法院", "address": ""})
    wrong = case.say(MessageType.TEXT, {"text": "说错了"})
    case.say(MessageType.RECALL, {"seq": wrong}, target=wrong)
    case.say(MessageType.IMAGE, {"file_id": picture["id"], "width": 3, "height": 4}, LI, files=[picture], reply_to=6)
    case.say(MessageType.TEXT, {"text": "好的"}, LI, mentions=[WANG])
    case.say(MessageType.TEXT, {"text": "再见"})
    return case


def facts(first_seq: int, last_seq: int, head: str, checkpoint: int) -> dict[str, Any]:
    return {
        "space_id": SPACE,
        "title": "押金纠纷",
        "exported_at": (START + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "exported_for": {"user_id": WANG, "display_name": "王晓", "role": "client"},
        "first_seq": first_seq,
        "last_seq": last_seq,
        "head": head,
        "checkpoint": checkpoint,
    }


def checkpoint_series(signer: HeadSigner, ends: Sequence[int], hashes: Sequence[bytes]) -> list[CheckpointDocument]:
    series: list[CheckpointDocument] = []
    for number, seq in enumerate(ends, 1):
        checkpoint: CheckpointDocument = {
            "_id": {"space": SPACE, "number": number},
            "schema_version": 1,
            "seq": seq,
            "head": hashes[seq - 1] if seq else GENESIS,
            "at": START + timedelta(minutes=seq, seconds=30),
            "prev": series[-1]["digest"] if series else GENESIS,
            "digest": b"",
            "key": signer.public_raw,
            "signature": b"",
        }
        text, checkpoint["signature"] = signer.sign_fields(statement_fields(checkpoint))
        checkpoint["digest"] = hashlib.sha256(text).digest()
        series.append(checkpoint)
    return series


def add_stamp(row: dict[str, Any], checkpoint: CheckpointDocument, writer: BundleWriter, stamp: Stamper) -> None:
    """Stamp a checkpoint together with two of other spaces."""
    root, paths = tree([b"another space", checkpoint["digest"], b"a third one"])
    datum = rfc8785.dumps({"purpose": "casespace.anchor.v1", "root": root.hex(), "size": 3})
    row["anchor"] = {"id": "a" * 24, "index": 1, "path": [step.hex() for step in paths[1]]}
    writer.add(f"anchors/{'a' * 24}.json", datum)
    writer.add(f"anchors/{'a' * 24}.tsr", stamp(datum))


# --- the forger's tools


@dataclass
class Unpacked:
    """The parts of a bundle, to be changed at will. Nothing is made good unless asked for."""

    parts: dict[str, bytes]

    @classmethod
    def of(cls, bundle: bytes) -> "Unpacked":
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    def rows(self, name: str = "messages.jsonl") -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.parts[name].splitlines()]

    def set_rows(self, rows: Sequence[dict[str, Any]], name: str = "messages.jsonl") -> None:
        self.parts[name] = json_lines(rows)

    def relink(self) -> None:
        """Number, link and hash all entries anew: what anybody can do without any key."""
        rows, before = self.rows(), GENESIS.hex()
        for seq, row in enumerate(rows, 1):
            row["entry"] |= {"seq": seq, "prev": before}
            if "body" in row:
                body = rfc8785.dumps(row["body"])
                row["entry"]["body_sha256"] = hashlib.sha256(bytes.fromhex(row["salt"]) + body).hexdigest()
            before = row["hash"] = hashlib.sha256(rfc8785.dumps(row["entry"])).hexdigest()
        self.set_rows(rows)
        self._list_files(rows)

    def _list_files(self, rows: Sequence[dict[str, Any]]) -> None:
        """Make the list of files fit what the entries carry now."""
        carried: dict[str, list[int]] = {}
        for row in rows:
            for file in row["entry"]["files"] if "body" in row else ():
                carried.setdefault(file["id"], []).append(row["entry"]["seq"])
        listed = [row | {"messages": carried.get(row["id"], [])} for row in self.rows("files.jsonl")]
        for row in listed:
            if not row["messages"]:
                del self.parts[row["path"]]
        self.set_rows([row for row in listed if row["messages"]], "files.jsonl")

    def sign_checkpoints(self, signer: HeadSigner, ends: Sequence[int] | None = None) -> None:
        """New checkpoints at the same places (those that are left) and at the end; no stamps."""
        hashes = [bytes.fromhex(row["hash"]) for row in self.rows()]
        if ends is None:
            there = [row["statement"]["seq"] for row in self.rows("checkpoints.jsonl")]
            ends = sorted({seq for seq in there if seq <= len(hashes)} | {len(hashes)})
        self.set_rows([checkpoint_row(one) for one in checkpoint_series(signer, ends, hashes)], "checkpoints.jsonl")
        self.parts["record_key.pem"] = key_file([signer.public_raw])
        for name in [name for name in self.parts if name.startswith("anchors/")]:
            del self.parts[name]

    def sign(self, signer: HeadSigner, **changes: Any) -> bytes:
        """A bundle with a fitting manifest, signed."""
        rows = self.rows()
        manifest = orjson.loads(self.parts["manifest.json"])
        told = {name: manifest[name] for name in facts(1, 0, "", 0)}
        told |= {
            "last_seq": len(rows),
            "head": rows[-1]["hash"] if rows else GENESIS.hex(),
            "checkpoint": len(self.rows("checkpoints.jsonl")),
        }
        target = io.BytesIO()
        writer = BundleWriter(target)
        for name, content in self.parts.items():
            if name not in ("manifest.json", "manifest.sig"):
                writer.add(name, content)
        writer.finish(signer, told | changes)
        return target.getvalue()

    def pack(self) -> bytes:
        """The parts as they are, in the container that the product writes."""
        target = io.BytesIO()
        writer = BundleWriter(target)
        for name, content in self.parts.items():
            writer.add(name, content)
        writer._zip.close()
        return target.getvalue()

    def forge(self, signer: HeadSigner) -> bytes:
        """Everything made good that the holder of a signing key can make good."""
        self.relink()
        self.sign_checkpoints(signer)
        return self.sign(signer)


def write(folder: Path, bundle: bytes) -> Path:
    path = folder / "bundle.zip"
    path.write_bytes(bundle)
    return path
