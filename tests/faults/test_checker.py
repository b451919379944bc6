"""The checker of the fault harness finds what it is there to find."""

from datetime import UTC, datetime

import pytest

from schemas.documents.spaces import EntryDocument
from services.record.chain import GENESIS, entry_hash
from tests.faults import checker
from tests.faults.phones import Line, Phone, Told

SPACE, ANNA, BERT = "a" * 24, "anna", "bert"


def record(length: int) -> list[EntryDocument]:
    entries: list[EntryDocument] = []
    for seq in range(1, length + 1):
        entry: EntryDocument = {
            "_id": {"space": SPACE, "seq": seq},
            "v": 1,
            "sender": ANNA if seq % 2 else BERT,
            "role": "client",
            "cid": f"m{seq}",
            "type": "text",
            "at": datetime(2026, 11, 21, tzinfo=UTC),
            "sealed": b"",
            "commit": bytes(32),
            "prev": entries[-1]["hash"] if entries else GENESIS,
            "hash": b"",
        }
        entry["hash"] = entry_hash(entry)
        entries.append(entry)
    return entries


def told(entry: EntryDocument, at: float = 0.0) -> Told:
    return Told(SPACE, entry["_id"]["seq"], entry["cid"], entry["hash"].hex(), at)


async def content(stored: list[EntryDocument]) -> Phone:
    """Anna's phone after a flawless round."""
    phone = Phone([], ANNA, "", [SPACE], window=1)
    mine = [entry for entry in stored if entry["sender"] == ANNA]
    phone.notes.sent = [(SPACE, entry["cid"]) for entry in mine]
    phone.notes.acked = {entry["cid"]: told(entry) for entry in mine}
    phone.notes.live = [told(entry) for entry in stored]
    phone.notes.timeline[SPACE] = [told(entry) for entry in stored]
    return phone


async def test_a_flawless_round_has_no_violations() -> None:
    stored = record(6)
    assert checker.records({SPACE: stored}) == []
    assert checker.phone({SPACE: stored}, await content(stored)) == []
    assert checker.outages([await content(stored)], [(1.0, 2.0)]) == []


@pytest.mark.parametrize("fault", ["hole", "twice", "altered", "forked"])
def test_a_damaged_record_is_found(fault: str) -> None:
    stored = record(6)
    if fault == "hole":
        del stored[2]
    elif fault == "twice":
        stored[4]["cid"] = stored[2]["cid"]
    elif fault == "altered":
        stored[3]["commit"] = bytes(31) + b"1"
    else:
        stored[3]["prev"] = stored[1]["hash"]
        stored[3]["hash"] = entry_hash(stored[3])
    assert checker.records({SPACE: stored})


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("lost", "acknowledged but not stored"),
        ("ghost", "delivered but not stored"),
        ("disorder", "other order"),
        ("unread", "5 entries"),
        ("overtaken", "another order"),
        ("unanswered", "never acknowledged"),
        ("notice", "shown twice"),
        ("backwards", "3 was delivered after 4"),
    ],
)
async def test_what_a_phone_was_told_wrongly_is_found(fault: str, word: str) -> None:
    stored = record(6)
    phone = await content(stored)
    notes, timeline = phone.notes, phone.notes.timeline[SPACE]
    if fault == "lost":
        notes.acked["m1"] = Told(SPACE, 7, "m1", "00", 0.0)
    elif fault == "ghost":
        notes.live.append(Told(SPACE, 3, "never written", "00", 0.0))
    elif fault == "disorder":
        timeline[1], timeline[2] = timeline[2], timeline[1]
    elif fault == "unread":
        timeline.pop()
    elif fault == "overtaken":
        notes.sent.reverse()
    elif fault == "unanswered":
        del notes.acked["m3"]
    elif fault == "notice":
        notes.notices = ["n1", "n1"]
    else:
        line = Line(phone)
        for seq in (4, 3):
            told_of = stored[seq - 1]
            view = {"space_id": SPACE, "seq": seq, "client_msg_id": told_of["cid"], "hash": told_of["hash"].hex()}
            phone.hear(line, "message:new", view)
    assert any(word in violation for violation in checker.phone({SPACE: stored}, phone))


async def test_a_word_during_an_outage_is_found() -> None:
    stored = record(6)
    for heard in ("acked", "live"):
        phone = await content(stored)
        if heard == "acked":
            phone.notes.acked["m1"] = told(stored[0], at=1.5)
        else:
            phone.notes.live[0] = told(stored[0], at=1.5)
        assert checker.outages([phone], [(1.0, 2.0)])
