"""Who is heard when, and who may do what when: the whole table, cell by cell (I6)."""

from dataclasses import replace
from typing import Any

import pytest

from schemas.hearing_enums import (
    AbsenceCause,
    ActKind,
    HearingKind,
    HearingMode,
    HearingRole,
    HearingStage,
    IdentityState,
    Place,
    UndertakingState,
)
from services.errors import Problem
from services.hearings.acts import perform
from services.hearings.court import Court, may_speak, mic_open, room_of
from services.hearings.journal import note_of, sentence
from services.hearings.rights import RIGHTS
from services.hearings.stages import VARIANTS
from tests.services.hearings.courts import BENCH, START, act, court, do, seat

ROLES = ("presider", "clerk", "party", "counsel", "witness", "observer")

# Written out by hand. 2: the stage opens the microphone; 1: only with the floor; 0: never.
# fmt: off
#                  presider clerk party counsel witness observer
SPEECH: dict[str, dict[str, tuple[int, ...]]] = {
    "court": {
        "waiting":       (2,  2,   0,    0,      0,      0),
        "opening":       (2,  2,   1,    1,      0,      0),
        "investigation": (2,  2,   1,    1,      1,      0),
        "evidence":      (2,  2,   1,    1,      1,      0),
        "debate":        (2,  2,   1,    1,      0,      0),
        "final":         (2,  2,   1,    1,      0,      0),
        "mediation":     (2,  2,   2,    2,      0,      0),
        "recess":        (0,  0,   0,    0,      0,      0),
        "closed":        (0,  0,   0,    0,      0,      0),
    },
    "mediation": {
        "waiting":       (2,  2,   0,    0,      0,      0),
        "opening":       (2,  2,   1,    1,      0,      0),
        "statements":    (2,  2,   1,    1,      1,      0),
        "mediation":     (2,  2,   2,    2,      0,      0),
        "agreement":     (2,  2,   2,    2,      0,      0),
        "recess":        (0,  0,   0,    0,      0,      0),
        "closed":        (0,  0,   0,    0,      0,      0),
    },
}
SPEECH["arbitration"] = SPEECH["court"]

# Who may do it (presider clerk party counsel witness observer), and in which stages: all that are open (o),
# all in which the court sits (s), all that are open but the recess (r).
DEEDS: dict[str, tuple[str, str]] = {
    "come":      ("111111", "o"),
    "leave":     ("111111", "o"),
    "lose":      ("000000", "o"),
    "accept":    ("111111", "o"),
    "admit":     ("110000", "o"),
    "identify":  ("110000", "o"),
    "absence":   ("110000", "o"),
    "stage":     ("100000", "o"),
    "hand":      ("001110", "s"),
    "floor":     ("100000", "s"),
    "mute_self": ("111110", "o"),
    "mute":      ("110000", "o"),
    "mute_all":  ("110000", "o"),
    "remove":    ("100000", "o"),
    "readmit":   ("100000", "o"),
    "witness":   ("100000", "s"),
    "undertake": ("000010", "o"),
    "undertaking": ("110000", "o"),
    "caucus":    ("100000", "o"),
    "show":      ("111100", "s"),
    "announce":  ("110000", "r"),
}
# fmt: on

SPEECH_CELLS = [
    pytest.param(HearingKind(kind), HearingStage(stage), HearingRole(role), cell, id=f"{kind} {stage} {role}")
    for kind, stages in SPEECH.items()
    for stage, cells in stages.items()
    for role, cell in zip(ROLES, cells, strict=True)
]
STAGES = [
    pytest.param(HearingKind(kind), HearingStage(stage), id=f"{kind} {stage}")
    for kind, stages in SPEECH.items()
    for stage in stages
]

# What comes after what; where a recess leads to, is where it began, or the end.
WAYS: dict[str, dict[str, str]] = {
    "court": {
        "waiting": "opening",
        "opening": "investigation recess closed",
        "investigation": "evidence debate mediation recess",
        "evidence": "investigation debate mediation recess",
        "debate": "investigation evidence final mediation recess",
        "final": "investigation mediation recess closed",
        "mediation": "investigation debate final recess closed",
        "closed": "",
    },
    "mediation": {
        "waiting": "opening",
        "opening": "statements recess closed",
        "statements": "mediation recess closed",
        "mediation": "statements agreement recess closed",
        "agreement": "mediation recess closed",
        "closed": "",
    },
}
WAYS["arbitration"] = WAYS["court"]
SIDE_ROOMS = {"court": "mediation", "arbitration": "mediation", "mediation": "statements mediation agreement"}


def refusal(before: Court, kind: ActKind, by: str | None = "presider", target: str | None = None, **more: Any) -> str:
    with pytest.raises(Problem) as refused:
        perform(before, act(kind, by, target, **more))
    return refused.value.code


def everybody_inside(kind: HearingKind, stage: HearingStage) -> Court:
    """Placed by hand, whatever the stage would have done: the rule itself must hold."""
    return court(kind, stage).with_seats(lambda one: replace(one, place=Place.COURT))


@pytest.mark.parametrize(("kind", "stage", "role", "cell"), SPEECH_CELLS)
def test_every_cell_of_speech(kind: HearingKind, stage: HearingStage, role: HearingRole, cell: int) -> None:
    here = everybody_inside(kind, stage)
    for floor in (False, True):
        for muted in (False, True):
            for locked in (False, True):
                one = replace(here.seat(role.value), floor=floor, muted=muted, locked=locked)
                heard = mic_open(here.with_seat(one), one)
                assert heard is ((cell == 2 or (cell == 1 and floor)) and not muted and not locked)


def outcome(before: Court, kind: ActKind, by: str, target: str | None = None, **more: Any) -> str:
    """The problem's code, or nothing when it is done."""
    try:
        perform(before, act(kind, by, target, **more))
    except Problem as problem:
        return problem.code
    return ""


@pytest.mark.parametrize(("kind", "stage"), STAGES)
def test_every_cell_of_deeds(kind: HearingKind, stage: HearingStage) -> None:
    """The table refuses by role before it refuses by stage; what it lets through may fail on its own terms only."""
    here = everybody_inside(kind, stage)
    for deed, (roles, when) in DEEDS.items():
        left_out = {"o": (), "s": ("waiting", "recess"), "r": ("recess",)}[when]
        for role, may in zip(ROLES, roles, strict=True):
            cell, kind_of = f"{deed} {stage} {role}", ActKind(deed)
            came_to = outcome(here, kind_of, role, "other", targets=("other",), on=True, file_id="f")
            if stage is HearingStage.CLOSED:
                assert came_to == "hearing.closed", cell
            elif may == "0":
                assert came_to == "hearing.not_allowed", cell
            elif stage in left_out:
                assert came_to == "hearing.wrong_stage", cell
            elif kind_of not in OF_THEIR_OWN:
                assert came_to in ("", "hearing.not_waiting"), cell


# What hangs on more than role and stage: the three tests that follow.
# (Undertakings: ``test_undertaking_rules.py``.)
OF_THEIR_OWN = (
    ActKind.STAGE,
    ActKind.WITNESS,
    ActKind.CAUCUS,
    ActKind.SHOW,
    ActKind.FLOOR,
    ActKind.UNDERTAKE,
    ActKind.UNDERTAKING,
)


@pytest.mark.parametrize(("kind", "stage"), STAGES)
def test_every_cell_of_the_presiders_own_deeds(kind: HearingKind, stage: HearingStage) -> None:
    """Who may be given the floor, when witnesses are called, side rooms opened and evidence shown by a side."""
    here = everybody_inside(kind, stage)
    speech = dict(zip(ROLES, SPEECH[kind][stage], strict=True))
    sits = stage not in ("waiting", "recess", "closed")
    if not sits:
        return
    for role in ROLES:
        allowed = role in ("party", "counsel", "witness") and speech[role] > 0
        expected = "" if allowed else "hearing.no_floor_for_role"
        assert outcome(here, ActKind.FLOOR, "presider", role, on=True) == expected, role
        assert outcome(here, ActKind.FLOOR, "presider", role, on=False) == "", role
        caucus = outcome(here, ActKind.CAUCUS, "presider", targets=("presider", role), on=True)
        if stage not in SIDE_ROOMS[kind].split():
            assert caucus == "hearing.wrong_stage", role
        else:
            assert caucus == ("hearing.not_allowed" if role in ("witness", "observer") else ""), role
    waits = here.with_seat(replace(here.seat("witness"), place=Place.WAITING))
    called = outcome(waits, ActKind.WITNESS, "presider", "witness", on=True)
    assert called == ("" if speech["witness"] else "hearing.wrong_stage")
    assert outcome(here, ActKind.WITNESS, "presider", "witness", on=False) == ""
    for role in ("party", "counsel"):
        for floor in (False, True):
            given = here.with_seat(replace(here.seat(role), floor=floor))
            expected = "" if floor and stage == "evidence" else "hearing.not_allowed"
            assert outcome(given, ActKind.SHOW, role, file_id="f") == expected, (role, floor)


@pytest.mark.parametrize("kind", list(HearingKind))
def test_every_way_from_stage_to_stage(kind: HearingKind) -> None:
    assert set(WAYS[kind]) | {"recess"} == set(SPEECH[kind])
    for stage, ways in WAYS[kind].items():
        here = everybody_inside(kind, HearingStage(stage))
        expected = {to: "" if to in ways.split() else "hearing.wrong_stage" for to in HearingStage}
        if stage == "closed":
            expected = dict.fromkeys(HearingStage, "hearing.closed")
        assert {to: outcome(here, ActKind.STAGE, "presider", stage=to) for to in HearingStage} == expected, stage
        if "recess" in ways.split():
            rest = do(here, ActKind.STAGE, stage=HearingStage.RECESS)
            found = [to for to in HearingStage if not outcome(rest, ActKind.STAGE, "presider", stage=to)]
            assert sorted(found) == sorted({HearingStage(stage), HearingStage.CLOSED}), stage


def test_no_cell_is_missing() -> None:
    assert {kind: set(map(str, stages)) for kind, stages in VARIANTS.items()} == {
        HearingKind(kind): set(stages) for kind, stages in SPEECH.items()
    }
    assert set(DEEDS) == {str(kind) for kind in RIGHTS} == set(ActKind)
    assert set(ROLES) == set(HearingRole)


@pytest.mark.parametrize("kind", list(HearingKind))
def test_the_stages_hang_together(kind: HearingKind) -> None:
    """Every stage can be reached, every way ends in the closing, and the closing is the end."""
    stages = VARIANTS[kind]
    for stage, one in stages.items():
        assert one.next <= set(stages), stage
        assert HearingStage.WAITING not in one.next
    reached, ending = {HearingStage.WAITING}, {HearingStage.CLOSED}
    for _ in stages:
        reached |= {to for stage in reached for to in stages[stage].next}
        ending |= {stage for stage, one in stages.items() if one.next & ending}
    assert reached == ending == set(stages)
    assert not stages[HearingStage.CLOSED].next


def test_nobody_is_heard_from_the_waiting_room_or_from_outside() -> None:
    for stage in VARIANTS[HearingKind.COURT]:
        for place in (Place.WAITING, Place.OUTSIDE):
            for one in court(stage=stage).seats:
                moved = replace(one, place=place, floor=True)
                here = court(stage=stage).with_seat(moved)
                assert (room_of(here, moved), mic_open(here, moved)) == (None, False)


def test_without_a_presider_in_the_room_nobody_speaks() -> None:
    here = do(court(stage=HearingStage.MEDIATION), ActKind.CAUCUS, targets=("presider", "party"), on=True)
    assert [one.user_id for one in here.seats if may_speak(here, one)] == ["presider", "party"]
    back = do(here, ActKind.CAUCUS, targets=("party",), on=False)
    assert {one.user_id for one in back.seats if mic_open(back, one)} == {
        *("presider", "clerk", "party", "counsel", "other")
    }


def test_a_presider_whose_connection_is_lost_presides_no_more() -> None:
    """A court without its judge is none: everybody falls silent until they are back."""
    here = do(court(stage=HearingStage.MEDIATION), ActKind.LOSE, None, "presider")
    assert not any(mic_open(here, one) for one in here.seats)
    back = do(here, ActKind.COME, "presider")
    assert {one.user_id for one in back.seats if mic_open(back, one)} == {
        *("presider", "clerk", "party", "counsel", "other")
    }
    two = court(stage=HearingStage.MEDIATION)
    two = replace(two, seats=(*two.seats, seat("second", HearingRole.PRESIDER)))
    assert mic_open(two, do(two, ActKind.LOSE, None, "presider").seat("party")), "one of a panel is enough"


def test_two_side_rooms_are_two_rooms_and_end_with_the_stage() -> None:
    here = court(stage=HearingStage.MEDIATION)
    here = do(here, ActKind.CAUCUS, targets=("party", "counsel"), on=True)
    here = do(here, ActKind.CAUCUS, targets=("presider", "other"), on=True)
    assert [room_of(here, here.seat(who)) for who in ("party", "counsel", "presider", "other", "clerk")] == [
        *(1, 1, 2, 2, 0)
    ]
    final = do(here, ActKind.STAGE, stage=HearingStage.FINAL)
    assert {room_of(final, one) for one in final.seats} == {0, None}
    assert refusal(final, ActKind.CAUCUS, targets=("party",), on=True) == "hearing.wrong_stage"
    assert refusal(here, ActKind.CAUCUS, targets=("observer",), on=True) == "hearing.not_allowed"
    assert refusal(here, ActKind.CAUCUS, targets=("witness",), on=True) == "hearing.not_inside"
    assert refusal(here, ActKind.CAUCUS, targets=("stranger",), on=True) == "hearing.no_participant"
    assert refusal(here, ActKind.CAUCUS, targets=(), on=True) == "hearing.no_participant"


def test_who_is_locked_opens_nothing() -> None:
    here = court(stage=HearingStage.MEDIATION)
    here = do(here, ActKind.MUTE, target="party", on=True, lock=True)
    assert refusal(here, ActKind.MUTE_SELF, "party", on=False) == "hearing.mic_locked"
    assert not mic_open(here, here.seat("party"))
    here = do(here, ActKind.MUTE, "clerk", "party", on=False)
    assert not mic_open(here, here.seat("party")), "unlocked is not opened: that is theirs to do"
    here = do(here, ActKind.MUTE_SELF, "party", on=False)
    assert mic_open(here, here.seat("party"))
    assert refusal(here, ActKind.MUTE, "clerk", "presider", on=True) == "hearing.not_allowed"


def test_nobody_undoes_their_own_lock() -> None:
    here = do(court(stage=HearingStage.MEDIATION), ActKind.MUTE, target="clerk", on=True, lock=True)
    here = do(here, ActKind.MUTE, target="party", on=True, lock=True)
    assert refusal(here, ActKind.MUTE, "clerk", "clerk", on=False) == "hearing.mic_locked"
    freed = do(here, ActKind.MUTE_ALL, "clerk", on=False)
    assert (freed.seat("clerk").locked, freed.seat("party").locked) == (True, False)
    assert not do(freed, ActKind.MUTE_ALL, on=False).seat("clerk").locked


def test_mute_all_spares_the_presider_and_keeps_locks() -> None:
    here = do(court(stage=HearingStage.MEDIATION), ActKind.MUTE, target="other", on=True, lock=True)
    here = do(here, ActKind.MUTE_ALL, "clerk", on=True)
    assert [one.user_id for one in here.seats if mic_open(here, one)] == ["presider"]
    assert here.seat("other").locked
    assert not here.seat("party").locked
    freed = do(here, ActKind.MUTE_ALL, on=False)
    assert not any(one.locked for one in freed.seats)
    assert [one.user_id for one in freed.seats if mic_open(freed, one)] == ["presider"]


def test_hands_and_floor_go_with_the_stage() -> None:
    here = do(court(stage=HearingStage.DEBATE), ActKind.HAND, "party", on=True, after=5)
    again = do(here, ActKind.HAND, "party", on=True, after=9)
    assert again.seat("party").hand_at == here.seat("party").hand_at, "the queue is by the first raising"
    here = do(here, ActKind.FLOOR, target="party", on=True)
    assert here.seat("party").hand_at is None
    assert mic_open(here, here.seat("party"))
    here = do(here, ActKind.STAGE, stage=HearingStage.FINAL)
    assert not mic_open(here, here.seat("party"))
    assert refusal(here, ActKind.FLOOR, target="observer", on=True) == "hearing.no_floor_for_role"
    assert refusal(here, ActKind.FLOOR, target="witness", on=True) == "hearing.no_floor_for_role"


def test_a_witness_is_kept_outside_called_and_dismissed() -> None:
    here = court(stage=HearingStage.INVESTIGATION)
    assert refusal(here, ActKind.ADMIT, "clerk", "witness") == "hearing.witness_called_only"
    here = do(here, ActKind.WITNESS, target="witness", on=True)
    assert room_of(here, here.seat("witness")) == 0
    assert not mic_open(here, here.seat("witness")), "until the floor is given"
    here = do(here, ActKind.FLOOR, target="witness", on=True)
    assert mic_open(here, here.seat("witness"))
    gone = do(here, ActKind.WITNESS, target="witness", on=False)
    assert (gone.seat("witness").place, room_of(gone, gone.seat("witness"))) == (Place.WAITING, None)
    debate = do(here, ActKind.STAGE, stage=HearingStage.DEBATE)
    assert debate.seat("witness").place is Place.WAITING
    assert refusal(debate, ActKind.WITNESS, target="witness", on=True) == "hearing.wrong_stage"
    assert refusal(here, ActKind.WITNESS, target="party", on=True) == "hearing.no_witness"


def test_no_way_leads_a_witness_into_what_they_may_not_hear() -> None:
    """人民法院在线诉讼规则 art. 26: not through a side room either, when the stage has moved on meanwhile."""
    here = do(court(HearingKind.MEDIATION, HearingStage.STATEMENTS), ActKind.WITNESS, target="witness", on=True)
    assert refusal(here, ActKind.CAUCUS, targets=("presider", "witness"), on=True) == "hearing.not_allowed"
    moved = do(here, ActKind.STAGE, stage=HearingStage.MEDIATION)
    assert room_of(moved, moved.seat("witness")) is None


def test_who_was_sent_out_stays_out() -> None:
    here = do(court(stage=HearingStage.DEBATE), ActKind.REMOVE, target="party")
    assert refusal(here, ActKind.COME, "party") == "hearing.refused"
    assert refusal(here, ActKind.HAND, "party", on=True) == "hearing.not_inside"
    assert refusal(here, ActKind.REMOVE, target="presider") == "hearing.not_allowed"
    here = do(do(here, ActKind.READMIT, target="party"), ActKind.COME, "party")
    assert here.seat("party").place is Place.WAITING, "and is admitted anew"


def test_a_seat_is_kept_through_a_lost_connection_but_not_through_leaving() -> None:
    here = do(court(stage=HearingStage.DEBATE), ActKind.FLOOR, target="party", on=True)
    lost = do(here, ActKind.LOSE, None, "party")
    assert (lost.seat("party").place, lost.seat("party").floor, lost.seat("party").connected) == ("court", True, False)
    assert do(lost, ActKind.COME, "party").seat("party") == here.seat("party")
    left = do(here, ActKind.LEAVE, "party")
    assert (left.seat("party").place, left.seat("party").absence) == (Place.OUTSIDE, AbsenceCause.LEFT)
    assert do(left, ActKind.COME, "party").seat("party").place is Place.WAITING
    assert refusal(here, ActKind.ABSENCE, target="party", cause=AbsenceCause.NETWORK) == "hearing.is_present"
    noted = do(lost, ActKind.ABSENCE, "clerk", "party", cause=AbsenceCause.NETWORK)
    assert noted.seat("party").absence is AbsenceCause.NETWORK
    assert refusal(here, ActKind.LOSE, "party", "party") == "hearing.not_allowed"
    assert refusal(here, ActKind.MUTE_ALL, None, on=True) == "hearing.not_allowed"


def test_the_roll_call_comes_before_the_trial() -> None:
    """Opening: who is there, and in what right. Everybody is identified, or noted as absent, first."""
    here = court().with_seat(seat("other", HearingRole.PARTY, identity=IdentityState.UNCHECKED))
    assert refusal(here, ActKind.STAGE, stage=HearingStage.INVESTIGATION) == "hearing.roll_call_open"
    doubted = do(here, ActKind.IDENTIFY, "clerk", "other", identity=IdentityState.DOUBTED)
    assert refusal(doubted, ActKind.STAGE, stage=HearingStage.INVESTIGATION) == "hearing.roll_call_open"
    sure = do(here, ActKind.IDENTIFY, "clerk", "other", identity=IdentityState.CONFIRMED)
    assert do(sure, ActKind.STAGE, stage=HearingStage.INVESTIGATION).stage is HearingStage.INVESTIGATION
    left = do(here, ActKind.LEAVE, "other")
    assert refusal(left, ActKind.IDENTIFY, "clerk", "other", identity=IdentityState.CONFIRMED) == "hearing.not_inside"
    gone = do(left, ActKind.ABSENCE, target="other", cause=AbsenceCause.NO_SHOW)
    assert do(gone, ActKind.STAGE, stage=HearingStage.INVESTIGATION).stage is HearingStage.INVESTIGATION


def test_nobody_is_admitted_before_accepting_the_discipline() -> None:
    here = court(stage=HearingStage.WAITING)
    here = here.with_seat(seat("other", HearingRole.PARTY, place=Place.WAITING, accepted=False))
    assert refusal(here, ActKind.ADMIT, "clerk", "other") == "hearing.rules_not_accepted"
    here = do(here, ActKind.ACCEPT, "other")
    assert do(here, ActKind.ADMIT, "clerk", "other").seat("other").place is Place.COURT
    assert refusal(here, ActKind.ADMIT, "clerk", "party") == "hearing.not_waiting"


def test_the_announcement_spares_nobody_the_promise() -> None:
    here = court(stage=HearingStage.WAITING)
    here = here.with_seat(seat("other", HearingRole.PARTY, place=Place.WAITING, accepted=False))
    here = do(here, ActKind.ANNOUNCE, "clerk", on=True)
    assert here.announcing
    assert refusal(here, ActKind.ADMIT, "clerk", "other") == "hearing.rules_not_accepted"
    assert not do(here, ActKind.ANNOUNCE, None, on=False).announcing, "it came to its end"
    assert refusal(here, ActKind.ANNOUNCE, None, on=True) == "hearing.not_allowed"
    assert not do(here, ActKind.STAGE, stage=HearingStage.OPENING).announcing


def test_a_recess_ends_where_it_began_and_begins_a_new_segment() -> None:
    here = court(stage=HearingStage.WAITING, segments=0)
    assert here.recording is None
    here = do(here, ActKind.STAGE, stage=HearingStage.OPENING)
    here = do(here, ActKind.STAGE, stage=HearingStage.INVESTIGATION)
    assert (here.recording, here.since) == (1, START.replace(second=1))
    rest = do(here, ActKind.STAGE, stage=HearingStage.RECESS)
    assert rest.recording is None
    assert refusal(rest, ActKind.STAGE, stage=HearingStage.DEBATE) == "hearing.wrong_stage"
    again = do(rest, ActKind.STAGE, stage=HearingStage.INVESTIGATION)
    assert (again.recording, again.resumes) == (2, None)
    assert refusal(again, ActKind.STAGE, stage=HearingStage.CLOSED) == "hearing.wrong_stage"
    assert refusal(again, ActKind.STAGE) == "hearing.wrong_stage"
    over = do(rest, ActKind.STAGE, stage=HearingStage.CLOSED)
    assert (over.recording, {room_of(over, one) for one in over.seats}) == (None, {None})


def test_who_shows_evidence() -> None:
    here = court(stage=HearingStage.EVIDENCE)
    shown = do(here, ActKind.SHOW, "clerk", file_id="f", page=3)
    assert (shown.shown and (shown.shown.file_id, shown.shown.page, shown.shown.by)) == ("f", 3, "clerk")
    assert refusal(here, ActKind.SHOW, "party", file_id="f") == "hearing.not_allowed"
    with_floor = do(here, ActKind.FLOOR, target="party", on=True)
    assert do(with_floor, ActKind.SHOW, "party", file_id="f").shown is not None
    assert do(shown, ActKind.STAGE, stage=HearingStage.DEBATE).shown is None
    assert do(shown, ActKind.SHOW).shown is None


def test_repeats_change_nothing() -> None:
    """What is done twice, because an answer was lost, is the same court: nothing is written or told again."""
    here = court(stage=HearingStage.DEBATE)
    for kind, by, target, more in (
        (ActKind.HAND, "party", None, {"on": True}),
        (ActKind.FLOOR, "presider", "party", {"on": True}),
        (ActKind.MUTE, "clerk", "party", {"on": True, "lock": True}),
        (ActKind.ACCEPT, "party", None, {}),
        (ActKind.REMOVE, "presider", "other", {}),
        (ActKind.LEAVE, "counsel", None, {}),
    ):
        once = do(here, kind, by, target, **more)
        assert do(once, kind, by, target, **more) is once, kind


@pytest.mark.parametrize("kind", list(ActKind))
def test_every_act_reads_as_a_sentence(kind: ActKind) -> None:
    here = court(stage=HearingStage.MEDIATION)
    one = act(
        kind,
        "presider",
        "party",
        targets=("party", "other"),
        on=True,
        stage=HearingStage.RECESS,
        identity=IdentityState.CONFIRMED,
        cause=AbsenceCause.LEFT,
        undertaking=UndertakingState.EXEMPT,
        file_id="f",
    )
    try:
        after = perform(here, one)
    except Problem:
        after = here
    text = sentence(here, note_of(here, one, after))
    assert text.startswith(("审判员presider先生", "当事人party先生"))
    assert len(text) > len("审判员presider先生")


def test_bench_needs_no_admission() -> None:
    empty = court(stage=HearingStage.WAITING).with_seats(lambda one: replace(one, place=Place.OUTSIDE))
    for role in HearingRole:
        came = do(empty, ActKind.COME, role.value).seat(role.value)
        assert came.place is (Place.COURT if role in BENCH else Place.WAITING)


def test_who_is_sent_out_is_shut_out_while_there_is_a_room_to_come_back_to() -> None:
    """A1: and with them nobody else; neither going on in turns nor the end keeps anybody from their file."""
    here = court(stage=HearingStage.INVESTIGATION)
    assert here.shut_out() == set()
    out = do(do(here, ActKind.REMOVE, target="party"), ActKind.REMOVE, target="clerk")
    assert out.shut_out() == {"party", "clerk"}
    assert do(out, ActKind.READMIT, target="clerk").shut_out() == {"party"}
    rest = do(out, ActKind.STAGE, stage=HearingStage.RECESS)
    assert rest.shut_out() == {"party", "clerk"}
    assert do(rest, ActKind.STAGE, stage=HearingStage.CLOSED).shut_out() == set()
    assert replace(out, mode=HearingMode.ASYNCHRONOUS).shut_out() == set()
