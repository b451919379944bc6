"""The offline verifier against forgers (A6): with no key, with a key of their own, and with the operator's key."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.record import verifier
from services.record.verifier import Outside, Report, verify
from tests.services.record import samples
from tests.services.record.authority import Authority
from tests.services.record.samples import SPACE, Case, Unpacked, new_signer, sample, write


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def case() -> Case:
    return sample()


@pytest.fixture(scope="module")
def genuine(case: Case, tsa: Authority) -> bytes:
    return case.bundle(ends=(3, 7), stamp=tsa.of)


def key_of(case: Case) -> verifier.Keys:
    return verifier.read_keys(case.signer.public_pem.encode(), "key")


def saved(tmp_path: Path, value: Any) -> Path:
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(value))
    return path


def judged(tmp_path: Path, bundle: bytes, **outside: Any) -> Report:
    return verify(write(tmp_path, bundle), Outside(**outside))


def caught(report: Report, words: str) -> None:
    assert not report.sound
    assert words in "\n".join(report.failed), report.text()


# --- what is sound


def test_a_genuine_bundle_is_sound_and_the_report_says_what_was_not_proven(genuine: bytes, tmp_path: Path) -> None:
    report = judged(tmp_path, genuine)
    assert report.sound
    unproven = "\n".join(report.unproven)
    for words in ("--public-key", "--receipt", "--tsa-cert", "recalled", "messages.html"):
        assert words in unproven


def test_with_everything_from_outside_only_the_operators_words_stay_open(
    case: Case, genuine: bytes, tsa: Authority, tmp_path: Path
) -> None:
    receipts = [saved(tmp_path, case.receipt(5))]
    trusted = verifier.read_certificates(tsa.root.read_bytes(), "root")
    report = judged(tmp_path, genuine, keys=key_of(case), receipts=receipts, authorities=trusted)
    assert report.sound
    assert len(report.unproven) == 2  # the recalled body; who people are and when they said it
    assert "entries 1 to 12 existed at" in "\n".join(report.passed)
    assert "entries 1 to 5 are as they were" in "\n".join(report.passed)


def test_an_unpacked_bundle_is_judged_by_its_contents(genuine: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(io.BytesIO(genuine)) as archive:
        archive.extractall(folder)
    assert verify(folder).sound
    (folder / "notes.txt").write_text("mine")
    caught(verify(folder), "the manifest does not list")


def test_a_bundle_that_was_packed_anew_is_told_apart(genuine: bytes, tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in Unpacked.of(genuine).parts.items():
            archive.writestr(name, content)
    caught(judged(tmp_path, target.getvalue()), "check the unpacked folder instead")


@pytest.mark.parametrize("first_seq", [1, 2, 7, 12, 13])
def test_what_a_late_member_may_not_see_is_there_as_commitments(case: Case, first_seq: int, tmp_path: Path) -> None:
    """Ruling 7."""
    bundle = case.bundle(first_seq)
    report = judged(tmp_path, bundle, receipts=[saved(tmp_path, case.receipt(3))])
    assert report.sound, report.text()
    rows = Unpacked.of(bundle).rows()
    assert all("body" not in row and "salt" not in row for row in rows[: first_seq - 1])
    assert first_seq == 1 or f"{first_seq - 1} entries came before" in "\n".join(report.unproven)


def test_an_empty_record_can_be_exported(tmp_path: Path) -> None:
    case = Case()
    assert judged(tmp_path, case.bundle(), receipts=[saved(tmp_path, case.receipt(0))]).sound


def test_large_archives_have_wide_fields(
    case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, genuine: bytes
) -> None:
    """The forms for more than 2 GiB, tried on a small one: writer and verifier are told of a lower limit."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 700)
    monkeypatch.setattr(verifier, "_LIMIT", 700)
    wide = case.bundle(ends=(3,))
    assert b"PK\x06\x06" in wide
    assert judged(tmp_path, wide).sound
    for index in range(0, len(wide), 7):
        damaged = wide[:index] + bytes([wide[index] ^ 0x10]) + wide[index + 1 :]
        assert not sound(tmp_path, damaged), index


# --- forgers without any key


def change_text(rows: list[dict[str, Any]]) -> None:
    rows[1]["body"]["text"] = "从未说过"


def change_time(rows: list[dict[str, Any]]) -> None:
    rows[1]["entry"]["sent_at"] = "2020-01-01T00:00:00.000Z"


def change_sender(rows: list[dict[str, Any]]) -> None:
    rows[1]["entry"]["sender"] = "f" * 24


def change_place(rows: list[dict[str, Any]]) -> None:
    rows[6]["body"]["latitude"] = 39.904213


def swap_salts(rows: list[dict[str, Any]]) -> None:
    rows[0]["salt"], rows[1]["salt"] = rows[1]["salt"], rows[0]["salt"]


def swap_bodies(rows: list[dict[str, Any]]) -> None:
    for name in ("body", "salt"):
        rows[0][name], rows[2][name] = rows[2][name], rows[0][name]


def drop_one(rows: list[dict[str, Any]]) -> None:
    del rows[4]


def reorder(rows: list[dict[str, Any]]) -> None:
    rows[3], rows[4] = rows[4], rows[3]


def insert_one(rows: list[dict[str, Any]]) -> None:
    rows.insert(3, rows[2])


def cut_tail(rows: list[dict[str, Any]]) -> None:
    del rows[9:]


def hide_as_early(rows: list[dict[str, Any]]) -> None:
    del rows[1]["body"], rows[1]["salt"]
    rows[1]["withheld"] = "before_first_seq"


def hide_as_held(rows: list[dict[str, Any]]) -> None:
    del rows[1]["body"], rows[1]["salt"]
    rows[1]["withheld"] = "held"


def hide_as_recalled(rows: list[dict[str, Any]]) -> None:
    del rows[1]["body"], rows[1]["salt"]
    rows[1]["withheld"] = "recalled"


def swap_file(rows: list[dict[str, Any]]) -> None:
    rows[5]["body"]["file_id"] = "e" * 24


Change = Callable[[list[dict[str, Any]]], None]
ROWS: dict[Change, str] = {
    change_text: "not what was committed to",
    change_time: "was altered",
    change_sender: "was altered",
    change_place: "not what was committed to",
    swap_salts: "not what was committed to",
    swap_bodies: "not what was committed to",
    drop_one: "dropped, inserted or moved",
    reorder: "dropped, inserted or moved",
    insert_one: "dropped, inserted or moved",
    cut_tail: "does not end where the manifest says",
    hide_as_early: "does not hold",
    hide_as_held: "the record does not say so",
    hide_as_recalled: "never recalled it",
    swap_file: "not what was committed to",
}


@pytest.mark.parametrize("change", ROWS, ids=lambda change: change.__name__)
def test_a_changed_record_is_caught(case: Case, genuine: bytes, change: Change, tmp_path: Path) -> None:
    """The manifest tells first. Behind it the chain tells what was done, even when the manifest was signed anew."""
    unpacked = Unpacked.of(genuine)
    rows = unpacked.rows()
    change(rows)
    unpacked.set_rows(rows)
    caught(judged(tmp_path, unpacked.pack()), "does not match the manifest")
    unlinked = dict(unpacked.parts)
    manifest = {} if change is not cut_tail else {"last_seq": 12, "head": case.shown[-1].entry["hash"].hex()}
    caught(judged(tmp_path, unpacked.sign(case.signer, **manifest)), ROWS[change])
    assert unpacked.parts == unlinked


@pytest.mark.parametrize("change", ROWS, ids=lambda change: change.__name__)
def test_a_record_that_was_linked_anew_does_not_fit_its_checkpoints(
    case: Case, genuine: bytes, change: Change, tmp_path: Path
) -> None:
    """Hashing everything anew needs no key; signing the checkpoints does."""
    unpacked = Unpacked.of(genuine)
    rows = unpacked.rows()
    change(rows)
    unpacked.set_rows(rows)
    unpacked.relink()
    words: dict[Change, str] = {
        hide_as_early: "does not hold",
        hide_as_held: "the record does not say so",
        hide_as_recalled: "never recalled it",
        swap_file: "names a file that it does not carry",
        # the recall of entry 8 is now about a neighbour
        drop_one: "never recalled it",
        insert_one: "never recalled it",
    }
    caught(judged(tmp_path, unpacked.sign(case.signer)), words.get(change, "checkpoint"))
    if change in (drop_one, insert_one):  # this too can be mended without a key
        mended = unpacked.rows()
        hidden = next(row["entry"]["seq"] for row in mended if row.get("withheld") == "recalled")
        next(row for row in mended if row["entry"]["type"] == "recall")["entry"]["target"] = hidden
        unpacked.set_rows(mended)
        unpacked.relink()
        caught(judged(tmp_path, unpacked.sign(case.signer)), "checkpoint")


@pytest.mark.parametrize(
    "name", ["files/00001-665f0000000000000000f11e.png", "members.json", "verify.py", "messages.html", "manifest.json"]
)
def test_any_changed_part_is_caught(genuine: bytes, name: str, tmp_path: Path) -> None:
    unpacked = Unpacked.of(genuine)
    unpacked.parts[name] = unpacked.parts.get(name, b"") + b" "
    assert not judged(tmp_path, unpacked.pack()).sound


@pytest.mark.parametrize(
    "name", ["messages.jsonl", "manifest.sig", "checkpoints.jsonl", "files.jsonl", "record_key.pem"]
)
def test_any_missing_part_is_caught(genuine: bytes, name: str, tmp_path: Path) -> None:
    unpacked = Unpacked.of(genuine)
    del unpacked.parts[name]
    caught(judged(tmp_path, unpacked.pack()), "missing")


def test_an_exchanged_file_is_caught_behind_a_signed_manifest(case: Case, genuine: bytes, tmp_path: Path) -> None:
    """The hash of a file is in the record, so even the manifest's signer cannot exchange it alone."""
    unpacked = Unpacked.of(genuine)
    unpacked.parts["files/00001-665f0000000000000000f11e.png"] = b"another picture"
    caught(judged(tmp_path, unpacked.sign(case.signer)), "does not have the hash that the record says")
    rows = unpacked.rows("files.jsonl")
    rows[0] |= {"path": None, "state": "included"}
    unpacked.set_rows(rows, "files.jsonl")
    assert not judged(tmp_path, unpacked.sign(case.signer)).sound
    rows[0] |= {"sha256": "0" * 64}
    unpacked.set_rows(rows, "files.jsonl")
    caught(judged(tmp_path, unpacked.sign(case.signer)), "not that of the record")


def test_a_file_that_is_said_to_be_gone_is_said_in_the_report(case: Case, genuine: bytes, tmp_path: Path) -> None:
    unpacked = Unpacked.of(genuine)
    del unpacked.parts["files/00001-665f0000000000000000f11e.png"]
    rows = unpacked.rows("files.jsonl")
    rows[0] |= {"path": None, "state": "unreadable"}
    unpacked.set_rows(rows, "files.jsonl")
    report = judged(tmp_path, unpacked.sign(case.signer))
    assert report.sound
    assert "1 files of the record are not in the bundle" in "\n".join(report.unproven)


def test_a_stray_file_is_caught(case: Case, genuine: bytes, tmp_path: Path) -> None:
    unpacked = Unpacked.of(genuine)
    unpacked.parts["files/99999-planted.png"] = b"planted"
    caught(judged(tmp_path, unpacked.sign(case.signer)), "belong to no entry")
    unpacked = Unpacked.of(genuine)
    unpacked.parts["anchors/planted.tsr"] = b"planted"
    caught(judged(tmp_path, unpacked.sign(case.signer)), "not those of the checkpoints")


def test_a_forged_manifest_is_caught(case: Case, genuine: bytes, tmp_path: Path) -> None:
    """Signed with a key of the forger's own, whose public half is not in the bundle."""
    unpacked = Unpacked.of(genuine)
    caught(judged(tmp_path, unpacked.sign(new_signer())), "manifest's signature")
    caught(judged(tmp_path, unpacked.sign(case.signer, space_id="f" * 24)), "dropped, inserted or moved")
    caught(judged(tmp_path, unpacked.sign(case.signer, first_seq=3)), "lacks its body")
    caught(judged(tmp_path, unpacked.sign(case.signer, checkpoint=2)), "not at the end")


def test_a_signature_for_one_purpose_serves_no_other(case: Case, genuine: bytes, tmp_path: Path) -> None:
    """A head that sync gave out is no signature on a checkpoint."""
    unpacked = Unpacked.of(genuine)
    rows = unpacked.rows("checkpoints.jsonl")
    rows[0]["signature"] = case.receipt(3)["signature"]
    unpacked.set_rows(rows, "checkpoints.jsonl")
    caught(judged(tmp_path, unpacked.sign(case.signer)), "signature of checkpoint 1")


@pytest.mark.parametrize("keep", [slice(1, None), slice(None, -1), slice(None, None, 2), slice(None, None, -1)])
def test_checkpoints_cannot_be_dropped_or_moved(case: Case, genuine: bytes, keep: slice, tmp_path: Path) -> None:
    unpacked = Unpacked.of(genuine)
    unpacked.set_rows(unpacked.rows("checkpoints.jsonl")[keep], "checkpoints.jsonl")
    assert not judged(tmp_path, unpacked.sign(case.signer)).sound


# --- forgers with a key of their own


def rewritten(genuine: bytes, words: str = "我方认可对方的全部主张") -> Unpacked:
    unpacked = Unpacked.of(genuine)
    rows = unpacked.rows()
    rows[1]["body"]["text"] = words
    unpacked.set_rows(rows)
    return unpacked


def test_another_key_is_caught_by_the_key_from_outside_or_a_receipt(case: Case, genuine: bytes, tmp_path: Path) -> None:
    """The bundle vouches for itself only: whoever signs anew also puts the fitting key in."""
    forged = rewritten(genuine).forge(new_signer())
    alone = judged(tmp_path, forged)
    assert alone.sound
    assert "anybody could have made the key" in "\n".join(alone.unproven)
    caught(judged(tmp_path, forged, keys=key_of(case)), "manifest's signature")
    receipts = [saved(tmp_path, case.receipt(1))]
    caught(judged(tmp_path, forged, receipts=receipts), "signed anew with another key")


# --- the operator, who has the key


def test_the_operator_is_not_caught_without_and_is_caught_with_a_receipt(
    case: Case, genuine: bytes, tmp_path: Path
) -> None:
    """Ruling 9, both halves."""
    forged = rewritten(genuine).forge(case.signer)
    keys = key_of(case)
    assert judged(tmp_path, forged, keys=keys).sound
    before = [saved(tmp_path, case.receipt(1))]
    assert judged(tmp_path, forged, keys=keys, receipts=before).sound  # older than what was changed
    after = [saved(tmp_path, case.receipt(2))]
    caught(judged(tmp_path, forged, keys=keys, receipts=after), "rewritten after the receipt")


def test_an_operator_who_cuts_the_tail_is_caught_by_a_receipt(case: Case, genuine: bytes, tmp_path: Path) -> None:
    unpacked = Unpacked.of(genuine)
    unpacked.set_rows(unpacked.rows()[:11])
    forged = unpacked.forge(case.signer)
    assert judged(tmp_path, forged, keys=key_of(case)).sound
    caught(judged(tmp_path, forged, receipts=[saved(tmp_path, case.receipt(12))]), "tail was cut off")


def test_an_operator_who_forks_is_caught_by_the_other_sides_receipt(case: Case, tmp_path: Path) -> None:
    """Two members are shown different records from entry 6 on; each bundle is sound, and together they are not."""
    from schemas.enums import MessageType

    other = Case(case.signer, case.shown[:5])
    for n in range(4):
        other.say(MessageType.TEXT, {"text": f"另一个版本 {n}"})
    ours, theirs = case.bundle(), other.bundle()
    for bundle, own, foreign in ((ours, case, other), (theirs, other, case)):
        assert judged(tmp_path, bundle, receipts=[saved(tmp_path, own.receipt(8))]).sound
        caught(judged(tmp_path, bundle, receipts=[saved(tmp_path, foreign.receipt(8))]), "rewritten")


def test_the_operator_is_not_caught_without_and_is_caught_with_an_anchor(
    case: Case, genuine: bytes, tsa: Authority, tmp_path: Path
) -> None:
    """An old stamp does not fit a new record; leaving it out leaves the record without any."""
    keys, trusted = key_of(case), verifier.read_certificates(tsa.root.read_bytes(), "root")
    unpacked = rewritten(genuine)
    anchors = {name: content for name, content in unpacked.parts.items() if name.startswith("anchors/")}
    anchor = unpacked.rows("checkpoints.jsonl")[-1]["anchor"]
    without = unpacked.forge(case.signer)
    report = judged(tmp_path, without, keys=keys, authorities=trusted)
    assert report.sound
    assert "no time stamp was checked" in "\n".join(report.unproven)
    rows = unpacked.rows("checkpoints.jsonl")
    rows[-1]["anchor"] = anchor
    unpacked.set_rows(rows, "checkpoints.jsonl")
    unpacked.parts |= anchors
    caught(judged(tmp_path, unpacked.sign(case.signer), keys=keys), "altered after it was stamped")


@pytest.mark.parametrize(("days", "remark"), [(-3, "stamped over a day after"), (1, "clock is fast")])
def test_stamps_tell_of_checkpoints_that_claim_another_time(
    case: Case, tsa: Authority, days: int, remark: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Who signs everything anew and has it stamped then, has stamps that are far younger than what they are on."""
    monkeypatch.setattr(samples, "START", datetime.now(UTC) + timedelta(days=days))
    report = judged(tmp_path, case.bundle(ends=(3,), stamp=tsa.of))
    assert report.sound
    assert remark in "\n".join(report.unproven)


def test_a_stamp_of_another_authority_or_another_thing_is_caught(
    case: Case, genuine: bytes, tsa: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger", intermediate=False)
    trusted = verifier.read_certificates(tsa.root.read_bytes(), "root")
    forged = case.bundle(stamp=stranger.of)
    assert judged(tmp_path, forged).sound
    caught(judged(tmp_path, forged, authorities=trusted), "does not lead to the authority")
    caught(judged(tmp_path, case.bundle(stamp=lambda _: tsa.of(b"other"))), "something else")
    wrong_use = Authority(tmp_path / "use")
    stamp = verifier.read_time_stamp(wrong_use.of(b"x"), b"x")
    web = Authority(tmp_path / "web", intermediate=False)
    stamp.signer = verifier.read_certificates((web.folder / "root.crt").read_bytes(), "web")[0]
    with pytest.raises(verifier.ContradictionError, match="not one for time stamps"):
        verifier.check_authority(stamp, trusted)


def test_an_earlier_bundle_is_a_receipt(case: Case, genuine: bytes, tmp_path: Path) -> None:
    earlier, other = tmp_path / "earlier.zip", tmp_path / "other.zip"
    earlier.write_bytes(Case(case.signer, case.shown[:5]).bundle())
    report = judged(tmp_path, genuine, receipts=[earlier])
    assert report.sound
    assert "entries 1 to 5 are as they were then" in "\n".join(report.passed)
    forged = rewritten(genuine).forge(case.signer)
    caught(judged(tmp_path, forged, receipts=[earlier]), "not what the earlier bundle says")
    caught(judged(tmp_path, rewritten(genuine).forge(new_signer()), receipts=[earlier]), "do not bear each other out")
    cut = Unpacked.of(genuine)
    cut.set_rows(cut.rows()[:4])
    caught(judged(tmp_path, cut.forge(case.signer), receipts=[earlier]), "rewritten or cut off")
    other.write_bytes(Unpacked.of(genuine).sign(case.signer, space_id="f" * 24))
    with pytest.raises(verifier.UnusableError):
        judged(tmp_path, genuine, receipts=[other])


# --- receipts, as people have them


def test_receipts_are_read_as_clients_keep_them(case: Case, genuine: bytes, tmp_path: Path) -> None:
    head = case.receipt(4)
    for value in (
        head,
        [head, case.receipt(9)],
        {**head, "space_id": SPACE},
        {"head": head},
        {"spaces": {SPACE: {"head": head, "messages": []}}, "gone": []},
    ):
        assert judged(tmp_path, genuine, receipts=[saved(tmp_path, value)]).sound
    nothing: list[Any] = [{}, [], {"spaces": {}}, {**head, "seq": "4"}, {**head, "space_id": "f" * 24}, 7]
    for value in nothing:
        with pytest.raises(verifier.UnusableError):
            judged(tmp_path, genuine, receipts=[saved(tmp_path, value)])


@pytest.mark.parametrize("name", ["hash", "signature", "key_id"])
def test_a_forged_receipt_is_no_receipt(case: Case, genuine: bytes, name: str, tmp_path: Path) -> None:
    head = case.receipt(4)
    head[name] = head[name][:-1] + ("0" if head[name][-1] != "0" else "1")
    caught(judged(tmp_path, genuine, receipts=[saved(tmp_path, head)]), "was not signed with the bundle's key")


# --- damage anywhere


def sound(tmp_path: Path, bundle: bytes) -> bool:
    try:
        return judged(tmp_path, bundle).sound
    except verifier.UnusableError:
        return False


@pytest.fixture(scope="module")
def small(tsa: Authority) -> bytes:
    return sample().bundle(ends=(4,), stamp=tsa.of)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
@example(where=0.0, flip=1)
def test_no_damaged_byte_goes_unseen(small: bytes, where: float, flip: int, tmp_path: Path) -> None:
    """Any byte of the file, contents and container alike: no exceptions, since nothing in it is free to vary."""
    index = int(where * len(small))
    damaged = small[:index] + bytes([small[index] ^ flip]) + small[index + 1 :]
    assert not sound(tmp_path, damaged)


def test_no_byte_of_the_container_is_free(small: bytes, tmp_path: Path) -> None:
    """Every byte outside the contents, one after the other."""
    with zipfile.ZipFile(io.BytesIO(small)) as archive:
        contents = set()
        for info in archive.infolist():
            begins = info.header_offset + 30 + len(info.filename)
            contents |= set(range(begins, begins + info.file_size))
    assert sound(tmp_path, small)
    outside = [index for index in range(len(small)) if index not in contents]
    assert len(outside) > 1_000
    for index in outside:
        damaged = small[:index] + bytes([small[index] ^ 0x20]) + small[index + 1 :]
        assert not sound(tmp_path, damaged), index


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1, exclude_max=True), extra=st.binary(max_size=3))
def test_a_cut_or_lengthened_file_is_never_sound(small: bytes, cut: float, extra: bytes, tmp_path: Path) -> None:
    assert not sound(tmp_path, small[: int(cut * len(small))] + extra)
    if extra:
        assert not sound(tmp_path, small + extra)
        assert not sound(tmp_path, extra + small)


# --- its JSON, against the reference


@settings(max_examples=500)
@given(st.floats(allow_nan=False, allow_infinity=False))
@example(1e21)
@example(1e-7)
@example(123456789012345680000.0)
@example(5e-324)
@example(-0.0)
@example(0.000001)
def test_numbers_are_written_as_rfc_8785_says(number: float) -> None:
    assert verifier.canonical(number) == rfc8785.dumps(number)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=15,
)


@given(anything)
def test_values_are_written_as_rfc_8785_says(value: Any) -> None:
    assert verifier.canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', '{"a": 1}', "[1.0]", "[NaN]", '"\\ud800"', '"\\u0041"', "[" * 100_000, "", '{"b":1,"a":1}'],
)
def test_json_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(verifier.ContradictionError):
        verifier.parse(text.encode(), "here")


# --- the program


def run(*arguments: object, program: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(program or verifier.__file__), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONIOENCODING": "utf-8"})


def test_the_program_stands_alone_and_its_exit_code_tells(
    case: Case, genuine: bytes, tsa: Authority, tmp_path: Path
) -> None:
    program = tmp_path / "verify.py"
    shutil.copy(verifier.__file__, program)
    bundle, receipt, key = write(tmp_path, genuine), saved(tmp_path, case.receipt(6)), tmp_path / "key.pem"
    key.write_text(case.signer.public_pem)
    outside = ("--receipt", receipt, "--public-key", key, "--tsa-cert", tsa.root)
    good = run(bundle, *outside, program=program)
    assert (good.returncode, good.stderr) == (0, "")
    assert "未发现任何矛盾" in good.stdout
    bundle.write_bytes(rewritten(genuine).forge(case.signer))
    bad = run(bundle, *outside, program=program)
    assert bad.returncode == 1
    assert "核验失败" in bad.stdout
    for nothing in (tmp_path / "absent.zip", key, tmp_path):
        unusable = run(nothing, program=program)
        assert unusable.returncode == 2
        assert "无法核验" in unusable.stderr
    for proves_nothing in (bundle, bundle.with_name("record_key.pem")):
        bundle.with_name("record_key.pem").write_bytes(Unpacked.of(genuine).parts["record_key.pem"])
        assert "proves nothing" in run(bundle, "--public-key", proves_nothing).stderr
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"key_id": case.signer.key_id, "public_key": case.signer.public_pem}))
    assert run(write(tmp_path, genuine), "--public-key", answer).returncode == 0
    assert run(bundle, "--tsa-cert", key).returncode == 2


def test_the_program_runs_on_python_3_9() -> None:
    """Parsed with that version's grammar; its imports are the standard library's and cryptography's."""
    import ast

    source = Path(verifier.__file__).read_text("utf-8")
    module = ast.parse(source, feature_version=(3, 9))
    names = {
        (node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
        for node in ast.walk(module)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert names <= set(sys.stdlib_module_names) | {"cryptography"}
    assert "datetime.UTC" not in source
    assert "strict=" not in source
    assert "slots=True" not in source
