#!/usr/bin/env python3
"""Checks an evidence bundle of a case space, offline.   离线核验案件空间的证据包。

    python verify.py BUNDLE.zip [--receipt receipt.json] [--public-key key.pem] [--tsa-cert ca.pem]

BUNDLE is the zip as it was exported, or the folder it was unpacked into. Needs Python 3.9 or newer and the package
``cryptography`` (42 or newer); nothing is sent anywhere. Exit codes: 0 nothing contradicts the bundle, 1 something
does, 2 it could not be checked. Read the part "未证明 NOT PROVEN" of the report whatever the exit code is: a bundle
can only be as good as what it is held against from outside (a receipt, the public key, a time-stamp authority).

The formats are described in docs/record.md of the Case Space project. This file stands alone on purpose: it takes no
code from the server that made the bundle.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, BinaryIO

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID
except ImportError:
    print("需要 Python 的 cryptography 包 / The package 'cryptography' is needed: pip install cryptography")  # noqa: T201
    sys.exit(2)

BUNDLE_FORM = "casespace.bundle.v1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
MESSAGES, FILES, MEMBERS, CHECKPOINTS, KEY = (
    "messages.jsonl",
    "files.jsonl",
    "members.json",
    "checkpoints.jsonl",
    "record_key.pem",
)
KEY_MARK = b"NOT PROOF BY THEMSELVES"  # stands above the keys that come with a bundle
GENESIS = "0" * 64
BLOCK = 1 << 20
LONGEST_LINE = 16 << 20  # bytes; no entry comes near
MOST_SMALL = 256 << 20  # bytes of a part that is read as a whole
SKEW = timedelta(minutes=10)  # what clocks of two machines may differ before it is worth a remark
LATE = timedelta(days=1)

HEX64 = re.compile(r"[0-9a-f]{64}")
HEX128 = re.compile(r"[0-9a-f]{128}")
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class ContradictionError(Exception):
    """Something in the bundle does not hold. Two texts: Chinese, English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.chinese = chinese
        self.english = english


class UnusableError(Exception):
    """It could not be checked at all (exit code 2)."""


class UnsupportedError(Exception):
    """A time stamp uses an algorithm that this program cannot check."""


def demand(holds: object, chinese: str, english: str) -> None:
    if not holds:
        raise ContradictionError(chinese, english)


# --- the report


@dataclass
class Report:
    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    def ok(self, chinese: str, english: str) -> None:
        self.passed.append(f"{chinese}\n      {english}")

    def fail(self, chinese: str, english: str) -> None:
        self.failed.append(f"{chinese}\n      {english}")

    def open(self, chinese: str, english: str) -> None:
        self.unproven.append(f"{chinese}\n      {english}")

    def fact(self, text: str) -> None:
        self.facts.append(text)

    @property
    def sound(self) -> bool:
        return not self.failed

    def text(self) -> str:
        lines = ["案件空间证据包核验报告 / Verification of a Case Space evidence bundle", ""]
        lines += [f"  {text}" for text in self.facts]
        for title, mark, texts in (
            ("通过 PASSED", "[+]", self.passed),
            ("失败 FAILED", "[X]", self.failed),
            ("未证明 NOT PROVEN", "[?]", self.unproven),
        ):
            if texts:
                lines += ["", title] + [f"  {mark} {text}" for text in texts]
        if self.sound:
            verdict = (
                "结论：未发现任何矛盾；其效力以上列“未证明”各项为限。\n"
                "RESULT: nothing contradicts the bundle, within the limits named under NOT PROVEN."
            )
        else:
            verdict = (
                "结论：核验失败，证据包与其声明不符，不可采信。\n"
                "RESULT: verification FAILED. The bundle is not what it claims to be."
            )
        return "\n".join([*lines, "", verdict])


def plain(text: str) -> str:
    """Text from a bundle without what could steer a terminal."""
    return "".join(char if char.isprintable() else "?" for char in text)


# --- JSON: everything in a bundle is in RFC 8785 form, so that there is exactly one way to write it


def number_text(value: float) -> str:
    """A number as RFC 8785 (ECMAScript) writes it."""
    if value == 0:
        return "0"
    sign, rest = ("-", repr(-value)) if value < 0 else ("", repr(value))
    mantissa, _, exponent = rest.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    shown = digits if count == 1 else digits[0] + "." + digits[1:]
    return f"{sign}{shown}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def canonical_text(value: Any) -> str:
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("not a number of JSON")
        return number_text(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical_text, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{json.dumps(n, ensure_ascii=False)}:{canonical_text(value[n])}" for n in names) + "}"
    raise ValueError("not a value of JSON")


def canonical(value: Any) -> bytes:
    return canonical_text(value).encode("utf-8")


def parse(raw: bytes, where: str) -> Any:
    """A JSON value, which must stand there in its one canonical form: no doubled names, no blanks."""
    try:
        value = json.loads(raw.decode("utf-8"))
        same = canonical(value) == raw
    except (ValueError, RecursionError):
        same = False
    demand(same, f"{where} 不是规范的 JSON", f"{where} is not canonical JSON")
    return value


def shape(value: Any, where: str, required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with exactly these members; a rule is a type, a tuple of types, a pattern, or a function."""
    rules = {**required, **(optional or {})}
    good = isinstance(value, dict) and set(required) <= set(value) <= set(rules)
    good = good and all(_fits(value[name], rules[name]) for name in value)
    demand(good, f"{where} 的结构不正确", f"{where} does not have the right shape")
    return dict(value)


def _fits(value: Any, rule: Any) -> bool:
    if isinstance(rule, re.Pattern):
        return isinstance(value, str) and rule.fullmatch(value) is not None
    if isinstance(rule, (type, tuple)):
        return isinstance(value, rule) and not (isinstance(value, bool) and rule is int)
    return bool(rule(value))


def _is_seq(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _or_none(rule: Any) -> Any:
    return lambda value: value is None or _fits(value, rule)


def _list_of(rule: Any) -> Any:
    return lambda value: isinstance(value, list) and all(_fits(item, rule) for item in value)


def moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)  # noqa: UP017
    except ValueError:
        raise ContradictionError(f"时间 {text} 无效", f"the time {text} is not valid") from None


# --- the container


@dataclass
class Part:
    """A part of the bundle: where its bytes are, and their SHA-256 as found."""

    path: Path
    offset: int
    size: int
    sha256: str

    def blocks(self) -> Iterator[bytes]:
        with self.path.open("rb") as source:
            source.seek(self.offset)
            left = self.size
            while left:
                block = source.read(min(BLOCK, left))
                if not block:
                    raise UnusableError(f"{self.path} became shorter while it was read")
                left -= len(block)
                yield block

    def read(self) -> bytes:
        if self.size > MOST_SMALL:
            raise UnusableError(f"{self.path}: a part is too large to be read ({self.size} bytes)")
        return b"".join(self.blocks())

    def lines(self) -> Iterator[bytes]:
        """Lines without their end; every line must have one."""
        rest = b""
        for block in self.blocks():
            *whole, rest = (rest + block).split(b"\n")
            yield from whole
            demand(len(rest) <= LONGEST_LINE, "有一行过长", "a line is too long")
        demand(not rest, "最后一行不完整", "the last line is cut off")


def open_bundle(path: Path) -> dict[str, Part]:
    """All parts by name, each read once. Raises UnusableError, ContradictionError."""
    if path.is_dir():
        return _open_folder(path)
    if not path.is_file():
        raise UnusableError(f"{path}: 没有这个文件 / no such file")
    with path.open("rb") as source:
        if source.read(4) != _LOCAL:
            raise UnusableError(f"{path}: 不是证据包 / not an evidence bundle (a zip file)")
        return _open_zip(path, source)


def _open_folder(folder: Path) -> dict[str, Part]:
    parts = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise UnusableError(f"{path}: a link or device has no place in a bundle")
        if path.is_file():
            digest = hashlib.sha256()
            with path.open("rb") as source:
                for block in iter(lambda source=source: source.read(BLOCK), b""):  # type: ignore[misc]
                    digest.update(block)
            parts[path.relative_to(folder).as_posix()] = Part(path, 0, path.stat().st_size, digest.hexdigest())
    if MANIFEST not in parts:
        raise UnusableError(f"{folder}: 不是证据包 / not an evidence bundle (no {MANIFEST})")
    return parts


# A bundle is a zip without compression and without anything optional, so all bytes beside the contents follow from
# names, sizes and contents. They are written again here and compared: there is no corner in which to hide a change.
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END64, _LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
_LIMIT, _FULL = (1 << 31) - 1, 0xFFFFFFFF
_DATE = 1 << 5 | 1  # 1980-01-01
_MODE = 0o644 << 16


def _large(size: int) -> bool:
    return size * 1.05 > _LIMIT


def _local_header(name: bytes, size: int, crc: int) -> bytes:
    extra = struct.pack("<HHQQ", 1, 16, size, size) if _large(size) else b""
    version, shown = (45, _FULL) if extra else (20, size)
    fields = (_LOCAL, version, 0, 0, 0, _DATE, crc, shown, shown, len(name), len(extra))
    return struct.pack("<4s5H3L2H", *fields) + name + extra


def _central_header(name: bytes, size: int, crc: int, offset: int) -> bytes:
    wide = ([size, size] if size > _LIMIT else []) + ([offset] if offset > _LIMIT else [])
    extra = struct.pack("<HH" + "Q" * len(wide), 1, 8 * len(wide), *wide) if wide else b""
    version = 45 if extra or _large(size) else 20
    shown_size = _FULL if size > _LIMIT else size
    shown_offset = _FULL if offset > _LIMIT else offset
    head = struct.pack("<4s4B4H3L", _CENTRAL, version, 3, version, 0, 0, 0, 0, _DATE, crc, shown_size, shown_size)
    tail = struct.pack("<5H2L", len(name), len(extra), 0, 0, 0, _MODE, shown_offset)
    return head + tail + name + extra


def _end_records(count: int, size: int, offset: int) -> bytes:
    records = b""
    if count > 0xFFFF or offset > _LIMIT or size > _LIMIT:
        records += struct.pack("<4sQ2H2L4Q", _END64, 44, 45, 45, 0, 0, count, count, size, offset)
        records += struct.pack("<4sLQL", _LOCATOR64, 0, offset + size, 1)
    short = min(count, 0xFFFF)
    return records + struct.pack("<4s4H2LH", _END, 0, 0, short, short, min(size, _FULL), min(offset, _FULL), 0)


def _open_zip(path: Path, source: BinaryIO) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    directory: list[bytes] = []
    offset = 0
    while True:
        source.seek(offset)
        start = source.read(30)
        if start[:4] != _LOCAL:
            break
        demand(len(start) == 30, "压缩包被截断", "the zip file is cut off")
        *_, size, _size, name_length, extra_length = struct.unpack("<4s5H3L2H", start)
        raw_name, extra = source.read(name_length), source.read(extra_length)
        if size == _FULL and len(extra) == 20:
            size = struct.unpack("<HHQQ", extra)[2]
        name = raw_name.decode("ascii", "replace")
        demand(
            NAME.fullmatch(name) and name not in parts,
            f"压缩包内的文件名无效或重复：{name!r}",
            f"a name in the zip file is invalid or stands twice: {name!r}",
        )
        begins = offset + 30 + name_length + extra_length
        sha256, crc = _digest(source, size)
        demand(
            start + raw_name + extra == _local_header(raw_name, size, crc),
            f"压缩包结构被改动（{name}）；若曾解压后重新压缩，请核验解压后的文件夹",
            f"the zip file's structure was altered at {name}; if it was packed anew, check the unpacked folder instead",
        )
        directory.append(_central_header(raw_name, size, crc, offset))
        parts[name] = Part(path, begins, size, sha256)
        offset = begins + size
    expected = b"".join(directory)
    expected += _end_records(len(directory), len(expected), offset)
    source.seek(offset)
    demand(
        source.read(len(expected) + 1) == expected,
        "压缩包目录被改动；若曾解压后重新压缩，请核验解压后的文件夹",
        "the zip file's directory was altered; if it was packed anew, check the unpacked folder instead",
    )
    return parts


def _digest(source: BinaryIO, size: int) -> tuple[str, int]:
    digest, crc, left = hashlib.sha256(), 0, size
    while left:
        block = source.read(min(BLOCK, left))
        demand(block, "压缩包被截断", "the zip file is cut off")
        digest.update(block)
        crc = zlib.crc32(block, crc)
        left -= len(block)
    return digest.hexdigest(), crc


# --- keys


_PEM = re.compile(rb"-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----")
Keys = dict[str, ed25519.Ed25519PublicKey]


def read_keys(raw: bytes, where: str) -> Keys:
    """Every Ed25519 public key in a PEM file, by its id: the first 16 hexadecimal digits of its SHA-256."""
    keys = {}
    for block in _PEM.findall(raw):
        try:
            key = serialization.load_pem_public_key(block)
        except (ValueError, UnsupportedAlgorithm):
            raise UnusableError(f"{where}: 公钥无法读取 / a public key cannot be read") from None
        if isinstance(key, ed25519.Ed25519PublicKey):
            bytes_of_key = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            keys[hashlib.sha256(bytes_of_key).hexdigest()[:16]] = key
    if not keys:
        raise UnusableError(f"{where}: 没有 Ed25519 公钥 / no Ed25519 public key")
    return keys


def read_outside_keys(raw: bytes, where: str) -> Keys:
    """Keys from elsewhere: a PEM file, or the answer of the operator's ``/api/v1/record-key`` as it was saved."""
    if raw.lstrip()[:1] == b"{":
        try:
            raw = str(json.loads(raw)["public_key"]).encode("utf-8")
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UnusableError(f"{where}: 没有公钥 / no public key") from None
    if KEY_MARK in raw or raw[:2] == b"PK":
        raise UnusableError(
            f"{where}: 这是证据包自带的公钥，不能证明它自己 / this is the bundle's own key, which proves nothing"
        )
    return read_keys(raw, where)


def signed(keys: Keys, key_id: str, signature: str, statement: Any) -> bool:
    if key_id not in keys or not HEX128.fullmatch(signature):
        return False
    try:
        keys[key_id].verify(bytes.fromhex(signature), canonical(statement))
    except InvalidSignature:
        return False
    return True


# --- the parts of the bundle


@dataclass
class Bundle:
    parts: dict[str, Part]
    manifest: dict[str, Any]
    keys: Keys
    chain: list[str] = field(default_factory=list)  # hash of entry n at n - 1
    sent: list[str] = field(default_factory=list)
    withheld: dict[str, int] = field(default_factory=dict)
    wanted: dict[str, tuple[str, list[int]]] = field(default_factory=dict)  # file id → SHA-256, entries
    checkpoints: list[dict[str, Any]] = field(default_factory=list)

    @property
    def space_id(self) -> str:
        return str(self.manifest["space_id"])


def check_manifest(parts: dict[str, Part], trusted: Keys | None, report: Report) -> Bundle:
    for name in (MANIFEST, SIGNATURE, MESSAGES, FILES, MEMBERS, CHECKPOINTS, KEY):
        demand(name in parts, f"缺少 {name}", f"{name} is missing")
    raw = parts[MANIFEST].read()
    manifest = parse(raw, MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("form") != BUNDLE_FORM:
        raise UnusableError(f"{MANIFEST}: 此核验程序不认识该格式 / not a form that this program knows")
    shape(
        manifest,
        MANIFEST,
        {
            "form": str,
            "space_id": str,
            "title": str,
            "exported_at": MOMENT,
            "exported_for": dict,
            "first_seq": _is_seq,
            "last_seq": _is_seq,
            "head": HEX64,
            "checkpoint": _is_seq,
            "files": dict,
        },
    )
    signature = shape(
        parse(parts[SIGNATURE].read(), SIGNATURE), SIGNATURE, {"key_id": str, "purpose": str, "signature": HEX128}
    )
    keys = trusted if trusted is not None else _keys_of_bundle(parts[KEY])
    statement = {"purpose": "casespace.manifest.v1", "sha256": hashlib.sha256(raw).hexdigest()}
    demand(
        signature["purpose"] == statement["purpose"]
        and signed(keys, signature["key_id"], signature["signature"], statement),
        "清单的签名无效，或不是用所给公钥对应的私钥签署的",
        "the manifest's signature is not valid, or was not made with the key whose public half was given",
    )
    _check_listing(parts, manifest["files"])
    report.fact(f"案件空间 space: {plain(manifest['space_id'])}  {plain(manifest['title'])}")
    report.fact(f"导出时间 exported at: {manifest['exported_at']}  记录条数 entries: {manifest['last_seq']}")
    report.ok(
        f"清单签名有效；{len(manifest['files'])} 个文件与清单中的 SHA-256 全部一致，没有多余文件",
        f"the manifest's signature is valid; all {len(manifest['files'])} files match it, and there are none besides",
    )
    return Bundle(parts, manifest, keys)


def _keys_of_bundle(part: Part) -> Keys:
    try:
        return read_keys(part.read(), KEY)
    except UnusableError:
        raise ContradictionError("包内公钥损坏", "the bundle's own public key is damaged") from None


def _check_listing(parts: dict[str, Part], listed: dict[str, Any]) -> None:
    missing = sorted(set(listed) - set(parts))
    extra = sorted(set(parts) - set(listed) - {MANIFEST, SIGNATURE})
    demand(not missing, f"缺少清单中的文件：{missing[:3]}", f"files of the manifest are missing: {missing[:3]}")
    demand(not extra, f"有清单之外的文件：{extra[:3]}", f"there are files that the manifest does not list: {extra[:3]}")
    for name, row in listed.items():
        shape(row, f"{MANIFEST}: {name}", {"sha256": HEX64, "size": _is_seq})
        demand(
            row["sha256"] == parts[name].sha256 and row["size"] == parts[name].size,
            f"{name} 的内容与清单不符",
            f"{name} does not match the manifest",
        )


_ENTRY = {
    "v": lambda value: value == 1 and isinstance(value, int),
    "space_id": str,
    "seq": _is_seq,
    "client_msg_id": str,
    "sender": str,
    "role": str,
    "type": str,
    "sent_at": MOMENT,
    "reply_to": _or_none(_is_seq),
    "mentions": _list_of(str),
    "target": _or_none(_is_seq),
    "files": list,
    "body_sha256": HEX64,
    "prev": HEX64,
}
_WITHHELD = ("before_first_seq", "recalled", "held", "purged", "unreadable")


def check_chain(bundle: Bundle, report: Report) -> None:
    """Every entry: dense, linked, hashed as said; every body: what its commitment says."""
    hidden: list[int] = []
    recalls: dict[int, str] = {}
    under_review: list[int] = []
    holds: dict[int, bool] = {}
    senders: list[str] = []
    for line in bundle.parts[MESSAGES].lines():
        seq = len(bundle.chain) + 1
        row = parse(line, f"{MESSAGES} 第 {seq} 行")
        entry = _check_entry(bundle, row, seq)
        senders.append(entry["sender"])
        if entry["type"] == "recall" and entry["target"] is not None:
            recalls.setdefault(entry["target"], entry["sender"])
        if entry["type"] == "notice" and entry["sender"] == "system" and entry["target"] is not None:
            holds[entry["target"]] = row.get("body", {}).get("code") in ("content.held", "content.upheld")
        if row.get("withheld") == "recalled":
            hidden.append(seq)
        if row.get("withheld") == "held":
            under_review.append(seq)
    for seq in hidden:
        demand(
            recalls.get(seq) == senders[seq - 1],
            f"第 {seq} 条称已撤回，但记录中没有发送人的撤回",
            f"entry {seq} is said to be recalled, but its sender never recalled it",
        )
    for seq in under_review:
        demand(
            holds.get(seq, False),
            f"第 {seq} 条称正在审核，但记录中没有平台的审核通知",
            f"entry {seq} is said to be held for review, but the record does not say so",
        )
    count = len(bundle.chain)
    head = bundle.chain[-1] if bundle.chain else GENESIS
    demand(
        (count, head) == (bundle.manifest["last_seq"], bundle.manifest["head"]),
        f"记录的结尾与清单不符：有 {count} 条，应有 {bundle.manifest['last_seq']} 条",
        f"the record does not end where the manifest says: {count} entries, not {bundle.manifest['last_seq']}",
    )
    shown = count - sum(bundle.withheld.values())
    report.ok(
        f"{count} 条记录序号连续、逐条链接、哈希一致；其中 {shown} 条内容与其承诺值一致",
        f"{count} entries: no gap, all linked, every hash right; the content of {shown} is what was committed to",
    )
    _report_withheld(bundle.withheld, report)


def _check_entry(bundle: Bundle, row: Any, seq: int) -> dict[str, Any]:
    where = f"{MESSAGES} 第 {seq} 行"
    shape(row, where, {"entry": dict, "hash": HEX64}, {"body": dict, "salt": str, "withheld": str})
    entry = shape(row["entry"], where, _ENTRY)
    before = bundle.chain[-1] if bundle.chain else GENESIS
    demand(
        entry["seq"] == seq and entry["space_id"] == bundle.space_id,
        f"第 {seq} 行的序号是 {entry['seq']}：有记录被删除、插入或调换",
        f"line {seq} has number {entry['seq']}: an entry was dropped, inserted or moved",
    )
    demand(entry["prev"] == before, f"第 {seq} 条没有接在前一条之后", f"entry {seq} is not linked to the one before")
    demand(
        hashlib.sha256(canonical(entry)).hexdigest() == row["hash"],
        f"第 {seq} 条的哈希不符，内容被改动",
        f"the hash of entry {seq} is wrong: it was altered",
    )
    for file in entry["files"]:
        shape(file, where, {"id": str, "sha256": HEX64})
    _check_body(bundle, row, entry)
    bundle.chain.append(row["hash"])
    bundle.sent.append(entry["sent_at"])
    return entry


def _check_body(bundle: Bundle, row: dict[str, Any], entry: dict[str, Any]) -> None:
    seq = entry["seq"]
    early = seq < bundle.manifest["first_seq"]
    if "withheld" in row:
        demand(
            row["withheld"] in _WITHHELD
            and "body" not in row
            and "salt" not in row
            and (row["withheld"] == "before_first_seq") == early,
            f"第 {seq} 条未披露的理由不成立",
            f"the reason for withholding entry {seq} does not hold",
        )
        bundle.withheld[row["withheld"]] = bundle.withheld.get(row["withheld"], 0) + 1
        return
    good = "body" in row and re.fullmatch(r"[0-9a-f]{32}", row.get("salt", "")) and not early
    demand(good, f"第 {seq} 条缺少内容或盐值", f"entry {seq} lacks its body or salt")
    commitment = hashlib.sha256(bytes.fromhex(row["salt"]) + canonical(row["body"])).hexdigest()
    demand(
        commitment == entry["body_sha256"],
        f"第 {seq} 条的正文与其承诺值不符",
        f"the body of entry {seq} is not what was committed to",
    )
    for file in entry["files"]:
        sha256, seqs = bundle.wanted.setdefault(file["id"], (file["sha256"], []))
        demand(sha256 == file["sha256"], f"文件 {file['id']} 有两个哈希", f"file {file['id']} has two hashes")
        seqs.append(seq)
    if "file_id" in row["body"]:
        demand(
            [file["id"] for file in entry["files"]] == [row["body"]["file_id"]],
            f"第 {seq} 条的正文与所附文件不符",
            f"entry {seq} names a file that it does not carry",
        )


def _report_withheld(withheld: dict[str, int], report: Report) -> None:
    reasons = {
        "before_first_seq": ("早于导出人可见范围", "came before what the exporting member may see"),
        "recalled": ("已被发送人撤回", "were recalled by their senders"),
        "held": ("正在平台审核或经审核不予显示", "are held for review by the platform"),
        "purged": ("已依法或依约清除", "were purged"),
        "unreadable": ("服务器称无法读取", "could not be read, says the server"),
    }
    for reason, number in sorted(withheld.items()):
        chinese, english = reasons[reason]
        report.open(
            f"{number} 条记录{chinese}，只有承诺值：可证明其存在、时间与顺序，不能证明内容",
            f"{number} entries {english}; only commitments are here: they show existence and order, not content",
        )


def check_files(bundle: Bundle, report: Report) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for line in bundle.parts[FILES].lines():
        row = shape(
            parse(line, FILES),
            FILES,
            {
                "id": str,
                "name": _or_none(str),
                "path": _or_none(str),
                "state": str,
                "content_type": _or_none(str),
                "size": _or_none(_is_seq),
                "sha256": HEX64,
                "uploaded_by": _or_none(str),
                "uploaded_at": _or_none(MOMENT),
                "messages": _list_of(_is_seq),
            },
            {"preview": str},
        )
        demand(row["id"] not in rows, "文件表中有重复", "a file is listed twice")
        rows[row["id"]] = row
    listed = {file_id: (row["sha256"], row["messages"]) for file_id, row in rows.items()}
    demand(
        listed == bundle.wanted,
        "文件表与记录中的文件不一致",
        "the list of files is not that of the record",
    )
    absent: list[dict[str, Any]] = []
    paths: set[str] = set()
    for row in rows.values():
        if row["path"] is None:
            fits = row["state"] == "masked" or (row["state"] in ("purged", "unreadable") and "preview" not in row)
            demand(fits, "文件状态不成立", "the state of a file does not hold")
            absent.append(row)
            add_preview(bundle, row, paths)
            continue
        part = bundle.parts.get(row["path"])
        demand(
            row["state"] == "included"
            and row["path"].startswith("files/")
            and part is not None
            and row["path"] not in paths,
            f"文件 {row['path']} 缺失",
            f"the file {row['path']} is not there",
        )
        paths.add(row["path"])
        if part is not None:
            demand(
                part.sha256 == row["sha256"] and part.size == row["size"],
                f"文件 {row['path']} 与记录中的哈希不符",
                f"the file {row['path']} does not have the hash that the record says",
            )
        add_preview(bundle, row, paths)
    stray = {name for name in bundle.parts if name.startswith(("files/", "previews/"))} - paths
    demand(not stray, "有不属于任何记录的文件", "there are files that belong to no entry")
    originals = sum(name.startswith("files/") for name in paths)
    report.ok(
        f"{originals} 个原始文件与记录中的 SHA-256 一致",
        f"{originals} original files have the SHA-256 that the record says",
    )
    if absent:
        names = "、".join(f"{plain(row['id'])}（第 {row['messages'][0]} 条）" for row in absent[:5])
        report.open(
            f"{len(absent)} 个文件不在包内：{names}",
            f"{len(absent)} files of the record are not in the bundle: purged, masked for whom it is, or unreadable, "
            "says the server",
        )


def add_preview(bundle: Bundle, row: dict[str, Any], paths: set[str]) -> None:
    """A copy for reading: of a photo that few programs show, or of a paper that identifies somebody, masked."""
    if "preview" not in row:
        return
    shown = row["preview"]
    demand(
        shown.startswith("previews/") and shown in bundle.parts and shown not in paths,
        f"文件 {shown} 缺失",
        f"the file {shown} is not there",
    )
    paths.add(shown)


def check_checkpoints(bundle: Bundle, report: Report) -> None:
    """Signed, chained to each other, and on the record; the last one is its end, so a cut tail shows."""
    before, seq = GENESIS, -1
    for line in bundle.parts[CHECKPOINTS].lines():
        number = len(bundle.checkpoints) + 1
        where = f"{CHECKPOINTS} 第 {number} 行"
        row = shape(
            parse(line, where), where, {"statement": dict, "key_id": str, "signature": HEX128}, {"anchor": dict}
        )
        statement = shape(
            row["statement"],
            where,
            {
                "purpose": str,
                "space_id": str,
                "number": _is_seq,
                "seq": _is_seq,
                "hash": HEX64,
                "at": MOMENT,
                "prev": HEX64,
            },
        )
        demand(
            statement["purpose"] == "casespace.checkpoint.v1"
            and (statement["space_id"], statement["number"]) == (bundle.space_id, number)
            and statement["prev"] == before
            and statement["seq"] > seq,
            f"检查点 {number} 没有接在前一个之后",
            f"checkpoint {number} does not follow the one before",
        )
        demand(
            signed(bundle.keys, row["key_id"], row["signature"], statement),
            f"检查点 {number} 的签名无效，或不是用所给公钥对应的私钥签署的",
            f"the signature of checkpoint {number} is not valid, or was not made with the key that was given",
        )
        demand(
            hash_at(bundle, statement["seq"]) == statement["hash"],
            f"检查点 {number} 与第 {statement['seq']} 条记录不符",
            f"checkpoint {number} does not fit entry {statement['seq']}",
        )
        before, seq = hashlib.sha256(canonical(statement)).hexdigest(), statement["seq"]
        bundle.checkpoints.append({**row, "digest": before})
    demand(
        (len(bundle.checkpoints), seq) == (bundle.manifest["checkpoint"], bundle.manifest["last_seq"]),
        "最后一个检查点不在记录的末尾：结尾被截断或检查点被删除",
        "the last checkpoint is not at the end of the record: its tail or a checkpoint was cut off",
    )
    report.ok(
        f"{len(bundle.checkpoints)} 个检查点签名有效、依次链接，末个检查点即记录末尾（第 {seq} 条）",
        f"{len(bundle.checkpoints)} checkpoints: signed, chained, the last one at the end of the record (entry {seq})",
    )


def hash_at(bundle: Bundle, seq: int) -> str | None:
    if seq == 0:
        return GENESIS
    return bundle.chain[seq - 1] if seq <= len(bundle.chain) else None


# --- what comes from outside: receipts


def read_receipts(raw: bytes, space_id: str, where: str) -> list[dict[str, Any]]:
    """Signed heads in a file: one ``{seq, hash, key_id, signature}``, a list of such, or a whole answer of ``sync``."""
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UnusableError(f"{where}: 不是 JSON / not JSON") from None
    if isinstance(value, dict) and isinstance(value.get("spaces"), dict):
        value = value["spaces"].get(space_id)
    if isinstance(value, dict) and "head" in value:
        value = value["head"]
    heads = value if isinstance(value, list) else [value]
    for head in heads or [None]:
        good = isinstance(head, dict) and _is_seq(head.get("seq"))
        good = good and all(isinstance(head.get(name), str) for name in ("hash", "key_id", "signature"))
        if not good:
            raise UnusableError(f"{where}: 没有本案件空间的回执 / holds no receipt of this space")
        if head.get("space_id", space_id) != space_id:
            raise UnusableError(f"{where}: 回执属于另一个案件空间 / the receipt is of another space")
    return heads


def check_receipt(bundle: Bundle, head: dict[str, Any], report: Report) -> None:
    seq = head["seq"]
    statement = {"hash": head["hash"], "purpose": "casespace.head.v1", "seq": seq, "space_id": bundle.space_id}
    demand(
        signed(bundle.keys, head["key_id"], head["signature"], statement),
        f"回执（第 {seq} 条）不是用本包的密钥签署的：回执有误，或记录被人用另一把密钥重新签署",
        f"the receipt (entry {seq}) was not signed with the bundle's key: "
        "it is false, or the record was signed anew with another key",
    )
    found = hash_at(bundle, seq)
    demand(
        found is not None,
        f"回执证明至少有 {seq} 条记录，包内只有 {len(bundle.chain)} 条：结尾被截断，或回执晚于导出（请重新导出再核验）",
        f"the receipt attests {seq} entries and the bundle has {len(bundle.chain)}: "
        "its tail was cut off, or the receipt is younger than the export (then export again)",
    )
    demand(
        found == head["hash"],
        f"第 {seq} 条与成员持有的回执不符：记录在回执之后被改写",
        f"entry {seq} is not what the member's receipt says: the record was rewritten after the receipt was given",
    )
    report.ok(
        f"成员持有的回执（第 {seq} 条）在链上：第 1 至 {seq} 条自回执出具后未被改动",
        f"the member's receipt lies on the chain: entries 1 to {seq} are as they were when it was given",
    )


# --- what comes from outside: time stamps (RFC 3161)

_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_ESS_CERT, _ESS_CERT_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
_RSA, _PSS, _ED25519 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.3.101.112"
_HASHES: dict[str, Any] = {
    "1.3.14.3.2.26": hashes.SHA1,
    "2.16.840.1.101.3.4.2.1": hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
_RSA_WITH = {
    f"1.2.840.113549.1.1.{n}": made for n, made in ((11, hashes.SHA256), (12, hashes.SHA384), (13, hashes.SHA512))
}
_ECDSA_WITH = {
    f"1.2.840.10045.4.3.{n}": made for n, made in ((2, hashes.SHA256), (3, hashes.SHA384), (4, hashes.SHA512))
}


_UNREADABLE = (
    ValueError,
    TypeError,
    IndexError,
    OverflowError,
    RecursionError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
)


class Der:
    """One element of DER (X.690), read strictly."""

    def __init__(self, data: bytes, start: int = 0) -> None:
        try:
            self.tag, first, at = data[start], data[start + 1], start + 2
            if first & 0x80:
                count = first & 0x7F
                if not 1 <= count <= 4:
                    raise ValueError("a length that DER does not have")
                first, at = int.from_bytes(data[at : at + count], "big"), at + count
        except IndexError:
            raise ValueError("cut off") from None
        self.end = at + first
        if self.end > len(data):
            raise ValueError("cut off")
        self.raw = data[start : self.end]
        self.value = data[at : self.end]

    def children(self) -> list[Der]:
        found, at = [], 0
        while at < len(self.value):
            found.append(Der(self.value, at))
            at = found[-1].end
        return found

    def expect(self, tag: int) -> Der:
        if self.tag != tag:
            raise ValueError(f"tag {self.tag:#x} where {tag:#x} belongs")
        return self

    def oid(self) -> str:
        self.expect(0x06)
        numbers, current = [], 0
        for byte in self.value:
            current = current << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(current)
                current = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))

    def number(self) -> int:
        return int.from_bytes(self.expect(0x02).value, "big", signed=True)


def hash_of(oid: str) -> Any:
    if oid not in _HASHES:
        raise UnsupportedError(oid)
    return _HASHES[oid]()


def digest_of(oid: str, data: bytes) -> bytes:
    made = hashes.Hash(hash_of(oid))
    made.update(data)
    return made.finalize()


@dataclass
class TimeStamp:
    """A checked token: its time, the certificates that came with it, the nonce of the request that it answers."""

    at: datetime
    signer: x509.Certificate
    others: list[x509.Certificate]
    nonce: int | None


def read_time_stamp(response: bytes, datum: bytes) -> TimeStamp:
    """Check a TimeStampResp (RFC 3161, 2.4.2) over ``datum`` as far as it goes without trusting anybody.

    Raises ContradictionError when it does not hold and UnsupportedError when it cannot be judged here.
    """
    with _reading_asn1():
        return _read_time_stamp(response, datum)


@contextmanager
def _reading_asn1() -> Iterator[None]:
    """Whatever the readers of ASN.1 and certificates stumble over is one of two things."""
    try:
        yield
    except UnsupportedAlgorithm as fault:
        raise UnsupportedError(str(fault)) from None
    except _UNREADABLE:
        raise ContradictionError("时间戳无法解析", "a time stamp cannot be read") from None


def _read_time_stamp(response: bytes, datum: bytes) -> TimeStamp:
    status, token = Der(response).expect(0x30).children()[:2]
    demand(
        status.children()[0].number() in (0, 1), "时间戳机构拒绝了请求", "the authority did not grant the time stamp"
    )
    kind, wrapped = token.expect(0x30).children()
    if kind.oid() != _SIGNED_DATA:
        raise ValueError("no signed data")
    fields = wrapped.expect(0xA0).children()[0].expect(0x30).children()
    content_type, content = fields[2].children()
    if content_type.oid() != _TST_INFO:
        raise ValueError("no time stamp")
    info = content.expect(0xA0).children()[0].expect(0x04).value
    certificates = [
        x509.load_der_x509_certificate(item.raw)
        for part in fields[3:]
        if part.tag == 0xA0
        for item in part.children()
        if item.tag == 0x30
    ]
    (signer_info,) = fields[-1].expect(0x31).children()
    signer = _check_signer(signer_info, info, certificates)
    at, nonce = _check_info(info, datum)
    return TimeStamp(at, signer, [one for one in certificates if one != signer], nonce)


def _check_info(info: bytes, datum: bytes) -> tuple[datetime, int | None]:
    """Time and nonce of a TSTInfo that is about ``datum`` (RFC 3161, 2.4.2)."""
    fields = Der(info).expect(0x30).children()
    algorithm, imprint = fields[2].expect(0x30).children()
    demand(
        digest_of(algorithm.children()[0].oid(), datum) == imprint.expect(0x04).value,
        "时间戳所证明的不是这份数据",
        "the time stamp is of something else",
    )
    text = fields[4].expect(0x18).value.decode("ascii")
    nonces = [one.number() for one in fields[5:] if one.tag == 0x02]
    whole, _, fraction = text.rstrip("Z").partition(".")  # the fraction may have any number of digits
    moment_text = f"{whole}.{fraction[:6] or '0'}"
    at = datetime.strptime(moment_text, "%Y%m%d%H%M%S.%f").replace(tzinfo=timezone.utc)  # noqa: UP017
    return at, nonces[0] if nonces else None


def _check_signer(signer_info: Der, info: bytes, certificates: list[x509.Certificate]) -> x509.Certificate:
    """RFC 5652, 5.4 to 5.6; RFC 5816: the signature, and that it names the certificate that verifies it."""
    fields = signer_info.expect(0x30).children()
    signer = next((one for one in certificates if _is_meant(fields[1], one)), None)
    demand(signer is not None, "时间戳中没有签名人的证书", "the signer's certificate is not in the time stamp")
    assert signer is not None
    digest_oid = fields[2].children()[0].oid()
    attributes = {a.children()[0].oid(): a.children()[1].children()[0] for a in fields[3].expect(0xA0).children()}
    good = (
        _CONTENT_TYPE in attributes
        and _MESSAGE_DIGEST in attributes
        and attributes[_CONTENT_TYPE].oid() == _TST_INFO
        and attributes[_MESSAGE_DIGEST].expect(0x04).value == digest_of(digest_oid, info)
        and _names_certificate(attributes, signer)
    )
    demand(good, "时间戳的签名属性不符", "the signed attributes of the time stamp do not fit")
    # What is signed is the SET OF, not the [0] that stands for it (RFC 5652, 5.4)
    signed_bytes = b"\x31" + fields[3].raw[1:]
    try:
        _verify(signer.public_key(), fields[4].children(), digest_oid, fields[5].expect(0x04).value, signed_bytes)
    except InvalidSignature:
        raise ContradictionError("时间戳的签名无效", "the signature of a time stamp is not valid") from None
    return signer


def _is_meant(sid: Der, certificate: x509.Certificate) -> bool:
    if sid.tag == 0x30:
        issuer, serial = sid.children()
        return issuer.raw == certificate.issuer.public_bytes() and serial.number() == certificate.serial_number
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return False
    return sid.expect(0x80).value == found.value.digest


def _names_certificate(attributes: dict[str, Der], certificate: x509.Certificate) -> bool:
    der = certificate.public_bytes(serialization.Encoding.DER)
    if _ESS_CERT_V2 in attributes:
        first = attributes[_ESS_CERT_V2].children()[0].children()[0].children()
        named = first[0].tag == 0x30
        oid = first[0].children()[0].oid() if named else "2.16.840.1.101.3.4.2.1"
        return digest_of(oid, der) == first[1 if named else 0].expect(0x04).value
    if _ESS_CERT in attributes:
        first = attributes[_ESS_CERT].children()[0].children()[0].children()
        return digest_of("1.3.14.3.2.26", der) == first[0].expect(0x04).value
    return False


def _verify(key: Any, algorithm: list[Der], digest_oid: str, signature: bytes, data: bytes) -> None:
    """Raises InvalidSignature, UnsupportedError."""
    oid = algorithm[0].oid()
    if isinstance(key, rsa.RSAPublicKey) and (oid == _RSA or oid in _RSA_WITH):
        key.verify(signature, data, padding.PKCS1v15(), _RSA_WITH[oid]() if oid in _RSA_WITH else hash_of(digest_oid))
    elif isinstance(key, rsa.RSAPublicKey) and oid == _PSS:
        made = hash_of(digest_oid)
        key.verify(signature, data, padding.PSS(padding.MGF1(made), padding.PSS.AUTO), made)
    elif isinstance(key, ec.EllipticCurvePublicKey) and oid in _ECDSA_WITH:
        key.verify(signature, data, ec.ECDSA(_ECDSA_WITH[oid]()))
    elif isinstance(key, ed25519.Ed25519PublicKey) and oid == _ED25519:
        key.verify(signature, data)
    else:
        raise UnsupportedError(oid)


def read_certificates(raw: bytes, where: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(raw)
    except ValueError:
        raise UnusableError(f"{where}: 证书无法读取 / certificates cannot be read") from None


def check_authority(stamp: TimeStamp, trusted: list[x509.Certificate]) -> None:
    """A path from the signer to a trusted certificate, each valid at the time of the stamp. No revocation lists.

    Raises ContradictionError, UnsupportedError.
    """
    with _reading_asn1():
        demand(
            _is_for_stamps(stamp.signer),
            "签名证书不是时间戳专用证书",
            "the signer's certificate is not one for time stamps",
        )
        demand(
            _leads_to(stamp, trusted),
            "时间戳的证书不能追溯到所给的机构证书",
            "the time stamp's certificate does not lead to the authority that was given",
        )


def _is_for_stamps(certificate: x509.Certificate) -> bool:
    """RFC 3161, 2.3: this purpose only, and marked as critical."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def _leads_to(stamp: TimeStamp, trusted: list[x509.Certificate]) -> bool:
    current = stamp.signer
    for _ in range(8):
        if not _valid_at(current, stamp.at):
            return False
        if current in trusted:
            return True
        issuers = [one for one in [*trusted, *stamp.others] if _issued(one, current)]
        if not issuers:
            return False
        current = issuers[0]
    return False


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        certificate.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return constraints.ca and issuer != certificate


def _valid_at(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def merkle_root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); None when the proof has the wrong form."""
    if not 0 <= index < size:
        return None
    node, last, current = hashlib.sha256(b"\x00" + leaf).digest(), size - 1, index
    for sibling in path:
        if last == 0:
            return None
        if current & 1 or current == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while not current & 1 and current:
                current, last = current >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        current, last = current >> 1, last >> 1
    return node if last == 0 else None


@dataclass
class Anchored:
    """What time stamps show: entries 1 to ``seq`` existed at ``at``."""

    seq: int
    at: datetime
    made: datetime


def check_anchors(bundle: Bundle, trusted: list[x509.Certificate] | None, report: Report) -> None:
    names = {name for name in bundle.parts if name.startswith("anchors/")}
    anchored: list[Anchored] = []
    stamps: dict[str, Any] = {}
    unknown = ""
    for row in bundle.checkpoints:
        if "anchor" not in row:
            continue
        anchor = shape(
            row["anchor"], CHECKPOINTS, {"id": re.compile(r"[0-9a-f]{24}"), "index": _is_seq, "path": _list_of(HEX64)}
        )
        try:
            root, size, at = _anchor(bundle, anchor["id"], trusted, stamps)
        except UnsupportedError as fault:
            unknown = str(fault)
            continue
        path = [bytes.fromhex(item) for item in anchor["path"]]
        demand(
            merkle_root(bytes.fromhex(row["digest"]), anchor["index"], size, path) == root,
            f"检查点 {row['statement']['number']} 不在其时间戳之下：检查点在加盖时间戳之后被改动",
            f"checkpoint {row['statement']['number']} is not under its time stamp: it was altered after it was stamped",
        )
        anchored.append(Anchored(row["statement"]["seq"], at, moment(row["statement"]["at"])))
    used = {f"anchors/{anchor_id}{end}" for anchor_id in stamps for end in (".json", ".tsr")}
    demand(names == used, "时间戳文件与检查点不一致", "the time stamps are not those of the checkpoints")
    if unknown:
        report.open(
            f"时间戳使用了本程序不支持的算法（{unknown}），请用该机构的工具核验 anchors/ 内的文件",
            f"a time stamp uses an algorithm that this program cannot check ({unknown}); use the authority's own tools",
        )
    _report_anchors(bundle, anchored, trusted is not None, report)


def _anchor(
    bundle: Bundle, anchor_id: str, trusted: list[x509.Certificate] | None, known: dict[str, Any]
) -> tuple[bytes, int, datetime]:
    if anchor_id not in known:
        known[anchor_id] = UnsupportedError("?")
        try:
            known[anchor_id] = _load_anchor(bundle, anchor_id, trusted)
        except UnsupportedError as fault:
            known[anchor_id] = fault
    found = known[anchor_id]
    if isinstance(found, UnsupportedError):
        raise found
    root, size, at = found
    return root, size, at


def _load_anchor(bundle: Bundle, anchor_id: str, trusted: list[x509.Certificate] | None) -> tuple[bytes, int, datetime]:
    datum_name, response_name = f"anchors/{anchor_id}.json", f"anchors/{anchor_id}.tsr"
    for name in (datum_name, response_name):
        demand(name in bundle.parts, f"缺少 {name}", f"{name} is missing")
    raw = bundle.parts[datum_name].read()
    datum = shape(parse(raw, datum_name), datum_name, {"purpose": str, "root": HEX64, "size": _is_seq})
    demand(datum["purpose"] == "casespace.anchor.v1", "时间戳用途不符", "the time stamp is for something else")
    stamp = read_time_stamp(bundle.parts[response_name].read(), raw)
    if trusted is not None:
        check_authority(stamp, trusted)
    return bytes.fromhex(datum["root"]), int(datum["size"]), stamp.at


def _report_anchors(bundle: Bundle, anchored: list[Anchored], trusted: bool, report: Report) -> None:
    count = len(bundle.chain)
    if not anchored:
        report.open(
            "没有可核验的时间戳：仅凭本包不能排除运营方日后重写并重新签署全部记录",
            "no time stamp was checked: alone, the bundle cannot show that the operator did not re-sign it all",
        )
        return
    last = max(anchored, key=lambda one: one.seq)
    at = last.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    chinese = f"第 1 至 {last.seq} 条记录至迟于 {at} 已存在（RFC 3161 时间戳，共 {len(anchored)} 个检查点）"
    english = f"entries 1 to {last.seq} existed at {at} at the latest (RFC 3161, {len(anchored)} checkpoints stamped)"
    if trusted:
        report.ok(chinese, english)
    else:
        report.open(
            f"时间戳自身一致（{chinese}），但未给出 --tsa-cert，签发机构的身份未经核验",
            f"the time stamps hold in themselves ({english}), but without --tsa-cert nobody vouches for who made them",
        )
    if last.seq < count:
        report.open(
            f"第 {last.seq + 1} 至 {count} 条尚无时间戳", f"entries {last.seq + 1} to {count} have no time stamp yet"
        )
    late = [one for one in anchored if one.at - one.made > LATE]
    early = [one for one in anchored if one.made - one.at > SKEW]
    if late:
        report.open(
            f"{len(late)} 个检查点在声称时间一天以后才加盖时间戳；此前只有回执能证明未被改写",
            f"{len(late)} checkpoints were stamped over a day after their time; till then only receipts protect",
        )
    if early:
        report.open(
            f"{len(early)} 个检查点声称的时间晚于时间戳：运营方时钟偏快",
            f"{len(early)} checkpoints claim a time after their stamp: the operator's clock is fast",
        )


# --- the whole


@dataclass
class Outside:
    """What the person who checks brings along."""

    keys: Keys | None = None
    receipts: list[Path] = field(default_factory=list)
    authorities: list[x509.Certificate] | None = None


def verify(path: Path, outside: Outside | None = None) -> Report:
    """Check a bundle; what does not hold stands in the report. Raises UnusableError, OSError."""
    outside = outside or Outside()
    report = Report()
    try:
        bundle = check_manifest(open_bundle(path), outside.keys, report)
        check_chain(bundle, report)
        check_files(bundle, report)
        check_checkpoints(bundle, report)
    except ContradictionError as fault:
        report.fail(fault.chinese, fault.english)
        return report
    try:
        check_anchors(bundle, outside.authorities, report)
    except ContradictionError as fault:
        report.fail(fault.chinese, fault.english)
    _check_receipts(bundle, outside, report)
    _report_limits(bundle, outside, report)
    return report


def _check_receipts(bundle: Bundle, outside: Outside, report: Report) -> None:
    for path in outside.receipts:
        if path.is_dir() or path.suffix.lower() == ".zip":
            _check_earlier(bundle, path, report)
            continue
        for head in read_receipts(path.read_bytes(), bundle.space_id, str(path)):
            try:
                check_receipt(bundle, head, report)
            except ContradictionError as fault:
                report.fail(fault.chinese, fault.english)


def _check_earlier(bundle: Bundle, path: Path, report: Report) -> None:
    """An earlier bundle of the same space is a receipt too: its signed manifest names its end."""
    try:
        earlier = check_manifest(open_bundle(path), bundle.keys, Report()).manifest
    except ContradictionError as fault:
        report.fail(
            f"较早的证据包不能与本包互证：{fault.chinese}",
            f"the earlier bundle and this one do not bear each other out: {fault.english}",
        )
        return
    if earlier["space_id"] != bundle.space_id:
        raise UnusableError(f"{path}: 属于另一个案件空间 / is of another space")
    seq = earlier["last_seq"]
    if hash_at(bundle, seq) == earlier["head"]:
        report.ok(
            f"与较早的证据包（{seq} 条）一致：第 1 至 {seq} 条自那时起未被改动",
            f"in line with the earlier bundle: entries 1 to {seq} are as they were then",
        )
    else:
        report.fail(
            f"第 {seq} 条与较早的证据包不符：记录在那之后被改写或截断",
            f"entry {seq} is not what the earlier bundle says: the record was rewritten or cut off since",
        )


def _report_limits(bundle: Bundle, outside: Outside, report: Report) -> None:
    if outside.keys is None:
        report.open(
            "未给出外部公钥（--public-key）：签名只用包内自带的公钥核验，任何人都可以造出一把",
            "no public key from outside (--public-key): anybody could have made the key in the bundle",
        )
    else:
        report.ok("签名使用外部给出的公钥核验", "signatures were checked with the public key from outside")
    if not outside.receipts:
        report.open(
            "未给出成员回执（--receipt）：持有签名密钥的运营方若重写全部记录，单凭本包无法发现",
            "no member's receipt (--receipt): the operator holds the signing key and could have rewritten everything",
        )
    report.open(
        "各账号背后的真实身份、members.json 中的姓名与发送时间均为运营方的陈述；"
        "messages.html 仅供阅读，以 messages.jsonl 为准",
        "who is behind an account, the names in members.json and the sending times are the operator's statements; "
        "messages.html is for reading, messages.jsonl is what counts",
    )


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description="核验案件空间证据包 / Verify a Case Space evidence bundle, offline.")
    options.add_argument("bundle", type=Path, help="证据包 zip，或其解压后的文件夹 / the zip, or the unpacked folder")
    options.add_argument(
        "--receipt",
        type=Path,
        action="append",
        default=[],
        help="成员持有的回执，或较早的证据包 / a signed head (JSON), or an earlier bundle",
    )
    options.add_argument(
        "--public-key", type=Path, help="从其他途径取得的公钥 / the operator's public key, from elsewhere"
    )
    options.add_argument(
        "--tsa-cert", type=Path, help="时间戳机构证书 / certificates of the time-stamp authority (PEM)"
    )
    given = options.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        outside = Outside(
            read_outside_keys(given.public_key.read_bytes(), str(given.public_key)) if given.public_key else None,
            given.receipt,
            read_certificates(given.tsa_cert.read_bytes(), str(given.tsa_cert)) if given.tsa_cert else None,
        )
        report = verify(given.bundle, outside)
    except (UnusableError, OSError) as fault:
        print(f"无法核验 / could not be checked: {fault}", file=sys.stderr)  # noqa: T201
        return 2
    print(report.text())  # noqa: T201
    return 0 if report.sound else 1


if __name__ == "__main__":
    sys.exit(main())
