"""No witness testifies before they have signed and read their undertaking, or hears another one testify (I6).

最高人民法院关于民事诉讼证据的若干规定, articles 71 and 74.
"""

from dataclasses import replace

import pytest

from schemas.hearing_enums import ActKind, HearingKind, HearingRole, HearingStage, Place, UndertakingState
from schemas.verification_enums import IdentityBasis
from services.errors import Problem
from services.hearings.acts import perform
from services.hearings.court import Court, mic_open
from services.hearings.journal import note_of, sentence
from services.hearings.minutes.drafting import drafted
from services.hearings.rights import Act
from services.hearings.undertaking_rules import TEXTS, undertakes
from tests.services.hearings.courts import act, court, do, seat

OPEN, SIGNED, READ, EXEMPT, REFUSED = UndertakingState


def trial(state: UndertakingState = OPEN, place: Place = Place.COURT, kind: HearingKind = HearingKind.COURT) -> Court:
    stage = HearingStage.STATEMENTS if kind is HearingKind.MEDIATION else HearingStage.INVESTIGATION
    drawing = "drawing" if state in (SIGNED, READ) else None
    here = court(kind, stage)
    return here.with_seat(replace(here.seat("witness"), place=place, undertaking=state, undertaking_file=drawing))


def code(before: Court, one: Act) -> str:
    try:
        perform(before, one)
    except Problem as problem:
        return problem.code
    return ""


def sign(before: Court) -> Court:
    return do(before, ActKind.UNDERTAKE, "witness", on=True, file_id="drawing")


def test_of_whom_one_is_asked() -> None:
    for kind in HearingKind:
        asked = {role for role in HearingRole if undertakes(kind, seat(role.value, role))}
        assert asked == ({HearingRole.WITNESS} if kind is HearingKind.COURT else set()), kind
    assert all(word in TEXTS[HearingKind.COURT] for word in ("据实陈述", "绝无隐瞒、歪曲、增减", "处罚")), "article 65"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (OPEN, "hearing.undertaking_open"),
        (REFUSED, "hearing.undertaking_refused"),
        (SIGNED, ""),
        (READ, ""),
        (EXEMPT, ""),
    ],
)
def test_who_is_given_the_floor(state: UndertakingState, expected: str) -> None:
    here, floor = trial(state), act(ActKind.FLOOR, target="witness", on=True)
    assert code(here, floor) == expected
    if not expected:
        after = perform(here, floor)
        assert mic_open(after, after.seat("witness"))
    for kind in (HearingKind.MEDIATION, HearingKind.ARBITRATION):
        assert code(trial(state, kind=kind), floor) == "", "others follow the rules that their parties chose"


@pytest.mark.parametrize("place", list(Place))
def test_where_it_is_signed(place: Place) -> None:
    """In the waiting room, before they are called, or when the presider has called them; never from outside."""
    here = trial(place=place)
    for on in (True, False):
        outcome = code(here, act(ActKind.UNDERTAKE, "witness", on=on, file_id="drawing"))
        assert outcome == ("" if place in (Place.WAITING, Place.COURT) else "hearing.not_inside")
    assert code(trial(kind=HearingKind.ARBITRATION), act(ActKind.UNDERTAKE, "witness", on=True)) == (
        "hearing.no_undertaking"
    )


def test_who_has_signed_stays_bound() -> None:
    signed = sign(trial())
    assert (signed.seat("witness").undertaking, signed.seat("witness").undertaking_file) == (SIGNED, "drawing")
    assert perform(signed, act(ActKind.UNDERTAKE, "witness", on=False)) is signed
    assert perform(signed, act(ActKind.UNDERTAKE, "witness", on=True, file_id="another")) is signed
    assert sign(trial(REFUSED)).seat("witness").undertaking is SIGNED, "who refused may think better of it"


def test_what_the_court_notes() -> None:
    def note(before: Court, state: UndertakingState | None, by: str = "clerk", target: str = "witness") -> str:
        return code(before, act(ActKind.UNDERTAKING, by, target, undertaking=state))

    assert note(trial(), READ) == "hearing.undertaking_open", "nobody reads out what they have not signed"
    assert note(trial(SIGNED, Place.WAITING), READ) == "hearing.not_inside"
    assert [note(trial(SIGNED), state) for state in (READ, EXEMPT, REFUSED)] == ["", "", ""]
    assert [note(trial(SIGNED), state) for state in (OPEN, SIGNED, None)] == ["hearing.not_allowed"] * 3
    assert note(trial(SIGNED), READ, by="witness") == "hearing.not_allowed"
    assert note(trial(), EXEMPT, target="party") == "hearing.no_undertaking"


def test_who_refuses_to_read_it_is_heard_no_more() -> None:
    here = do(trial(SIGNED), ActKind.FLOOR, target="witness", on=True)
    here = do(here, ActKind.UNDERTAKING, "clerk", "witness", undertaking=REFUSED)
    assert not mic_open(here, here.seat("witness"))
    assert code(here, act(ActKind.FLOOR, target="witness", on=True)) == "hearing.undertaking_refused"


def two(first: Place, kind: HearingKind = HearingKind.COURT) -> Court:
    """A second witness waits; where the first one is."""
    here = trial(READ, first, kind)
    return replace(here, seats=(*here.seats, seat("second", HearingRole.WITNESS)))


@pytest.mark.parametrize("kind", list(HearingKind))
def test_witnesses_are_heard_one_by_one(kind: HearingKind) -> None:
    call = act(ActKind.WITNESS, target="second", on=True)
    assert code(two(Place.COURT, kind), call) == "hearing.witness_apart"
    assert code(two(Place.WAITING, kind), call) == ""
    confronted = perform(two(Place.COURT, kind), replace(call, confront=True))
    assert {one.place for one in confronted.seats if one.role is HearingRole.WITNESS} == {Place.COURT}
    for by in ("clerk", "party", "second"):
        assert code(two(Place.COURT, kind), replace(call, by=by, confront=True)) == "hearing.not_allowed", by


def said(before: Court, one: Act) -> str:
    return sentence(before, note_of(before, one, perform(before, one)))


def test_what_the_record_says_of_it() -> None:
    sworn = act(ActKind.UNDERTAKE, "witness", on=True, file_id="f", sha256="0" * 64, basis=IdentityBasis.CHECKED)
    note = act(ActKind.UNDERTAKING, "clerk", "witness", undertaking=READ)
    name = "证人witness先生"
    assert said(trial(), sworn) == f"{name}签署保证书（身份经核对）"
    assert said(trial(), replace(sworn, on=False)) == f"{name}拒绝签署保证书"
    assert said(trial(SIGNED), act(ActKind.FLOOR, target="witness", on=True)) == f"审判员presider先生请{name}宣读保证书"
    assert said(trial(SIGNED), note) == f"{name}当庭宣读保证书"
    assert said(trial(SIGNED), replace(note, on=True)) == f"{name}有正当理由不能宣读保证书，由书记员代为宣读并说明"
    assert said(trial(), replace(note, undertaking=EXEMPT)) == f"书记员clerk先生记明{name}依法无需签署保证书"
    assert said(trial(), replace(note, undertaking=REFUSED)).endswith("拒绝签署或者宣读保证书，不得作证")
    call = act(ActKind.WITNESS, target="second", on=True, confront=True)
    assert said(two(Place.COURT), call) == f"审判员presider先生传证人second先生到庭，与{name}对质"
    assert said(two(Place.WAITING), call) == "审判员presider先生传证人second先生到庭作证", "there is nobody to confront"
    line = drafted(trial(), note_of(trial(), sworn, perform(trial(), sworn)), None)
    assert line == f"{name}签署保证书（身份经核对）：“{TEXTS[HearingKind.COURT]}”"
