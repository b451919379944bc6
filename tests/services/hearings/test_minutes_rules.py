"""Who may do what with the minutes and when, what the journal drafts, what a signature is: without I/O (I6)."""

import base64
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from schemas.api.minutes import MAX_SIGNATURE
from schemas.documents.hearings import HearingDocument
from schemas.documents.minutes import MinutesEntryDocument
from schemas.hearing_enums import AbsenceCause, ActKind, HearingKind, HearingMode, HearingRole, HearingStage, Place
from schemas.minutes_enums import MinutesAct, MinutesState
from services.errors import Problem
from services.hearings.journal import note_of
from services.hearings.minutes.drafting import TITLES, drafted, in_recording, journal_id
from services.hearings.minutes.drawings import drawing
from services.hearings.minutes.lines import merged
from services.hearings.minutes.rights import MOVES, RIGHTS, check, keeps, may
from services.hearings.minutes.text import part_of, sha256
from services.hearings.rights import Act
from services.hearings.stages import VARIANTS
from tests.services.hearings.courts import START, act, court, do
from tests.services.hearings.minutes_world import drawn

ROLES = ("presider", "clerk", "party", "counsel", "witness", "observer")
# Written out by hand, of a closed hearing: who may, as presider clerk party counsel witness observer, in each state.
# fmt: off
TABLE: dict[str, dict[str, str]] = {
    #                draft     reading   final     done
    "read":         {"draft": "111100", "reading": "111110", "final": "111110", "done": "111110"},
    "write":        {"draft": "010000", "reading": "000000", "final": "000000", "done": "000000"},
    "send":         {"draft": "110000", "reading": "000000", "final": "000000", "done": "000000"},
    "recall":       {"draft": "000000", "reading": "110000", "final": "000000", "done": "000000"},
    "object":       {"draft": "000000", "reading": "001110", "final": "000000", "done": "000000"},
    "answer":       {"draft": "000000", "reading": "110000", "final": "000000", "done": "000000"},
    "finish":       {"draft": "000000", "reading": "110000", "final": "000000", "done": "000000"},
    "reopen":       {"draft": "000000", "reading": "000000", "final": "100000", "done": "000000"},
    "sign":         {"draft": "000000", "reading": "000000", "final": "111110", "done": "000000"},
    "refuse":       {"draft": "000000", "reading": "000000", "final": "001110", "done": "000000"},
    "note_refusal": {"draft": "000000", "reading": "000000", "final": "110000", "done": "000000"},
}
# fmt: on
CLOSED = court(stage=HearingStage.CLOSED)


def test_every_act_has_a_row() -> None:
    assert set(TABLE) == {one.value for one in MinutesAct} == {one.value for one in RIGHTS}


@pytest.mark.parametrize("state", MinutesState)
@pytest.mark.parametrize("name", MinutesAct)
def test_who_may_do_what_when(name: MinutesAct, state: MinutesState) -> None:
    for role, cell in zip(ROLES, TABLE[name][state], strict=True):
        seat = CLOSED.seat(role)
        assert may(CLOSED, seat, state, name) is (cell == "1"), role
        if cell == "1":
            check(CLOSED, seat, state, name)
            continue
        with pytest.raises(Problem) as refused:
            check(CLOSED, seat, state, name)
        assert refused.value.code in ("hearing.not_allowed", "minutes.wrong_state")


def test_nothing_but_signing_and_taking_back_is_possible_with_a_fixed_text() -> None:
    for state in (MinutesState.FINAL, MinutesState.DONE):
        left = {name for name in MinutesAct for role in ROLES if may(CLOSED, CLOSED.seat(role), state, name)}
        signing = {MinutesAct.SIGN, MinutesAct.REFUSE, MinutesAct.NOTE_REFUSAL, MinutesAct.REOPEN}
        assert left == {MinutesAct.READ} | (signing if state is MinutesState.FINAL else set())
    assert not any(start is MinutesState.DONE for start, _ in MOVES)


@pytest.mark.parametrize("kind", HearingKind)
def test_minutes_are_read_when_nobody_speaks_and_fixed_when_it_is_over(kind: HearingKind) -> None:
    for stage in VARIANTS[kind]:
        now = court(kind, stage)
        judge = now.seat("presider")
        reads = stage in (HearingStage.RECESS, HearingStage.CLOSED)
        assert may(now, judge, MinutesState.DRAFT, MinutesAct.SEND) is reads, stage
        assert may(now, judge, MinutesState.READING, MinutesAct.FINISH) is (stage is HearingStage.CLOSED), stage


def test_who_keeps_the_minutes() -> None:
    judge = CLOSED.seat("presider")
    assert keeps(CLOSED, CLOSED.seat("clerk"))
    assert not keeps(CLOSED, judge)
    alone = replace(CLOSED, seats=tuple(seat for seat in CLOSED.seats if seat.role is not HearingRole.CLERK))
    assert keeps(alone, judge)
    away = CLOSED.with_seat(replace(CLOSED.seat("clerk"), absence=AbsenceCause.NO_SHOW))
    assert keeps(away, judge)
    never_came = replace(CLOSED.seat("clerk"), accepted=False, connected=False, place=Place.OUTSIDE)
    assert keeps(CLOSED.with_seat(never_came), judge), "after the end nobody can be noted as absent"
    assert not keeps(court().with_seat(never_came), judge), "they may still come"
    assert not keeps(replace(CLOSED.with_seat(never_came), mode=HearingMode.ASYNCHRONOUS), judge), "nobody comes there"
    assert not any(keeps(alone, alone.seat(role)) for role in ROLES[2:])


# --- what the journal drafts


@pytest.mark.parametrize(
    ("done", "line"),
    [
        (act(ActKind.IDENTIFY, "clerk", "party", identity="doubted"), "书记员clerk先生核对当事人party先生：身份存疑。"),
        (act(ActKind.WITNESS, target="witness", on=True), "审判员presider先生传证人witness先生到庭作证。"),
        (act(ActKind.REMOVE, target="party"), "审判员presider先生责令当事人party先生退出法庭。"),
        (act(ActKind.SHOW, file_id="f" * 24, page=2), "审判员presider先生出示证据《借条.jpg》"),
        (act(ActKind.STAGE, stage=HearingStage.DEBATE), "审判员presider先生宣布：法庭辩论。"),
        (act(ActKind.LEAVE, "party"), "当事人party先生退出。"),
        (act(ActKind.HAND, "party", on=True), None),
        (act(ActKind.FLOOR, target="party", on=True), None),
        (act(ActKind.MUTE, target="party", on=True), None),
        (act(ActKind.LOSE, None, "party"), None),
        (act(ActKind.COME, "party"), None),
    ],
    ids=lambda value: value.kind.value if isinstance(value, Act) else "",
)
def test_what_is_worth_a_line(done: Act, line: str | None) -> None:
    before = court(stage=HearingStage.INVESTIGATION)
    given = {name: getattr(done, name) for name in ("on", "identity", "file_id", "page", "stage")}
    after = do(before, done.kind, done.by, done.target, **given) if done.by else before
    assert drafted(after, note_of(before, done, after), "借条.jpg") == line


def test_the_discipline_is_announced_once() -> None:
    waiting = court(stage=HearingStage.WAITING, segments=0)
    opening = do(waiting, ActKind.STAGE, stage=HearingStage.OPENING)
    note = note_of(waiting, act(ActKind.STAGE, stage=HearingStage.OPENING), opening)
    assert (drafted(opening, note, None) or "").startswith("宣布法庭纪律：")
    paused = do(opening, ActKind.STAGE, stage=HearingStage.RECESS)
    again = do(paused, ActKind.STAGE, stage=HearingStage.OPENING)
    note = note_of(paused, act(ActKind.STAGE, stage=HearingStage.OPENING), again)
    assert drafted(again, note, None) == "审判员presider先生宣布：复庭，继续开庭。"
    assert set(TITLES) == set(HearingKind)


def test_a_file_has_one_line_a_stage_however_often_pages_are_turned() -> None:
    note = {"act": "show", "file_id": "f", "segment": 1, "stage": "evidence", "page": 1}
    assert journal_id("a", note) == journal_id("b", {**note, "page": 2})
    assert journal_id("a", note) != journal_id("a", {**note, "stage": "debate"})
    assert journal_id("a", {"act": "stage"}) != journal_id("b", {"act": "stage"})


# --- the place in the recording


def _hearing(**fields: Any) -> HearingDocument:
    return {"recordings": [], **fields}  # type: ignore[typeddict-item]  # the rest is not looked at


def _take(after: float, file_id: str, track: str = "mix", number: int = 1) -> dict[str, Any]:
    return {"number": number, "track": track, "file_id": file_id, "started_at": START + timedelta(seconds=after)}


def test_an_entry_finds_its_place_in_the_recording() -> None:
    at = START + timedelta(seconds=90)
    sittings: Any = [{"segment": 1, "at": START}]
    assert in_recording(_hearing(), sittings, None, at) == (None, None), "nothing was recorded then"
    assert in_recording(_hearing(), sittings, 1, at) == (90_000, None), "the file is not ready"
    assert in_recording(_hearing(), sittings, 2, at) == (None, None)
    ready = _hearing(recordings=[_take(0.5, "early"), _take(60, "after a crash"), _take(80, "voice", "party")])
    assert in_recording(ready, sittings, 1, at) == (30_000, "after a crash")
    assert in_recording(ready, sittings, 1, START + timedelta(seconds=10)) == (9_500, "early")


def test_fresh_lines_go_where_their_time_is() -> None:
    def line(name: str, seconds: int) -> MinutesEntryDocument:
        return {"_id": name, "at": START + timedelta(seconds=seconds)}  # type: ignore[typeddict-item]

    there = [line("a", 0), line("written later, put before", 90), line("b", 10), line("c", 20)]
    fresh = [line("first", -5), line("second", 10), line("third", 10), line("last", 99)]
    order = merged(there, fresh)
    assert order == ["first", "a", "written later, put before", "b", "second", "third", "c", "last"]
    assert merged([], fresh[:1]) == ["first"]
    assert merged(there, []) == [one["_id"] for one in there]


# --- what a witness signs


def test_a_witness_signs_their_own_words_whatever_others_said() -> None:
    people = [{"user_id": "w"}, {"user_id": "p"}]
    text: dict[str, Any] = {
        "case": "案",
        "people": people,
        "entries": [{"number": 1, "speaker_id": "p", "text": "甲"}, {"number": 2, "speaker_id": "w", "text": "乙"}],
    }
    part = part_of(text, "w")
    assert [one["text"] for one in part["entries"]] == ["乙"]
    other = {**text, "entries": [{**text["entries"][0], "text": "丙"}, text["entries"][1]]}
    assert sha256(part_of(other, "w")) == sha256(part)
    assert sha256(other) != sha256(text)


# --- drawings


def png(size: tuple[int, int] = (600, 240), colour: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_drawn_signature_is_taken_as_it_is() -> None:
    assert drawing(drawn()) == base64.b64decode(drawn())


def _gif() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (100, 100), "black").save(out, "GIF")
    return out.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not base64!",
        coded(b"<svg onload=alert(1)>"),
        coded(_gif()),
        coded(b"\x89PNG\r\n\x1a\n" + b"x" * 100),
        coded(base64.b64decode(drawn())[:-30]),
        coded(base64.b64decode(drawn()) + b"\0" * MAX_SIGNATURE),
        coded(png()),
        drawn("white"),
        coded(png((20, 20), "black")),
        coded(png((5000, 60), "black")),
    ],
    ids=["empty", "text", "svg", "gif", "magic", "cut", "large", "blank", "white", "tiny", "wide"],
)
def test_what_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        drawing(text)
    assert refused.value.code == "minutes.signature_invalid"
