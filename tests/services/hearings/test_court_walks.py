"""A long walk of anybody doing anything: no voice is ever open that nobody with the right to has opened (I6)."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from schemas.hearing_enums import (
    AbsenceCause,
    ActKind,
    HearingKind,
    HearingRole,
    HearingStage,
    IdentityState,
    Place,
    UndertakingState,
)
from services.errors import Problem
from services.hearings.acts import perform
from services.hearings.court import Court, Seat, may_speak, mic_open, room_of
from tests.services.hearings.courts import act

PEOPLE = {
    "judge": HearingRole.PRESIDER,
    "second": HearingRole.PRESIDER,
    "clerk": HearingRole.CLERK,
    "plaintiff": HearingRole.PARTY,
    "defendant": HearingRole.PARTY,
    "lawyer": HearingRole.COUNSEL,
    "witness": HearingRole.WITNESS,
    "bystander": HearingRole.WITNESS,
    "guest": HearingRole.OBSERVER,
}
WITNESSES = {"witness", "bystander"}
who = st.sampled_from(sorted(PEOPLE))
mostly_bench = st.one_of(st.sampled_from(["judge", "clerk"]), who)  # what others try mostly leads nowhere
TALK = (HearingStage.MEDIATION, HearingStage.AGREEMENT)
HEARS_WITNESSES = (HearingStage.INVESTIGATION, HearingStage.EVIDENCE, HearingStage.STATEMENTS)
SILENT = (HearingStage.RECESS, HearingStage.CLOSED)


class Hearing(RuleBasedStateMachine):
    """Keeps a ledger of its own of what the presiders allowed, written without a look at the rules."""

    kind = HearingKind.COURT

    def __init__(self) -> None:
        super().__init__()
        self.court = Court(self.kind, tuple(Seat(name, role, name) for name, role in PEOPLE.items()))
        self.floors: set[str] = set()
        self.locks: set[str] = set()
        self.admitted: set[str] = set()
        self.out: set[str] = set()
        self.sworn: set[str] = set()
        self.secret: set[str] = set()

    def try_to(self, kind: ActKind, by: str | None, target: str | None = None, **more: Any) -> bool:
        try:
            self.court = perform(self.court, act(kind, by, target, **more))
        except Problem:
            return False
        return True

    def presider(self, by: str) -> bool:
        return PEOPLE[by] is HearingRole.PRESIDER

    def bench(self, by: str) -> bool:
        return PEOPLE[by] in (HearingRole.PRESIDER, HearingRole.CLERK)

    @rule(by=who, kind=st.sampled_from([ActKind.COME, ActKind.ACCEPT]))
    def arrive(self, by: str, kind: ActKind) -> None:
        if self.try_to(kind, by) and kind is ActKind.COME:
            assert by not in self.out
            if self.bench(by):
                self.admitted.add(by)

    @rule(by=who)
    def leave(self, by: str) -> None:
        if self.try_to(ActKind.LEAVE, by):
            self.admitted.discard(by)
            self.floors.discard(by)
            self.secret.discard(by)

    @rule(whom=who)
    def lose(self, whom: str) -> None:
        self.try_to(ActKind.LOSE, None, whom)

    @rule(by=mostly_bench, whom=who)
    def admit(self, by: str, whom: str) -> None:
        if self.try_to(ActKind.ADMIT, by, whom):
            assert self.bench(by)
            self.admitted.add(whom)

    @rule(by=mostly_bench, whom=who, on=st.booleans(), confront=st.booleans())
    def call(self, by: str, whom: str, on: bool, confront: bool) -> None:
        if self.try_to(ActKind.WITNESS, by, whom, on=on, confront=confront):
            assert self.presider(by)
            others = WITNESSES & self.admitted - {whom}
            assert confront or not on or not others, "a witness hears another one testify"
            (self.admitted.add if on else self.admitted.discard)(whom)
            if not on:
                self.floors.discard(whom)

    @rule(by=mostly_bench, whom=who, state=st.sampled_from(list(IdentityState)))
    def identify(self, by: str, whom: str, state: IdentityState) -> None:
        self.try_to(ActKind.IDENTIFY, by, whom, identity=state)

    @rule(by=mostly_bench, whom=who)
    def note_absence(self, by: str, whom: str) -> None:
        self.try_to(ActKind.ABSENCE, by, whom, cause=AbsenceCause.NO_SHOW)

    @rule(by=st.sampled_from(["judge", "second", "clerk", "lawyer"]), stage=st.sampled_from(list(HearingStage)))
    def move_on(self, by: str, stage: HearingStage) -> None:
        if self.try_to(ActKind.STAGE, by, stage=stage):
            assert self.presider(by)
            self.floors.clear()
            if stage not in (HearingStage.MEDIATION, HearingStage.AGREEMENT, HearingStage.STATEMENTS):
                self.secret.clear()
            if stage not in HEARS_WITNESSES:
                self.admitted -= WITNESSES

    @rule(by=mostly_bench, whom=who, on=st.booleans())
    def floor(self, by: str, whom: str, on: bool) -> None:
        if self.try_to(ActKind.FLOOR, by, whom, on=on):
            assert self.presider(by)
            (self.floors.add if on else self.floors.discard)(whom)

    @rule(by=who, on=st.booleans())
    def mute_oneself(self, by: str, on: bool) -> None:
        if self.try_to(ActKind.MUTE_SELF, by, on=on) and not on:
            assert by not in self.locks, "what the court has locked was opened"

    @rule(by=mostly_bench, whom=who, on=st.booleans(), lock=st.booleans())
    def mute(self, by: str, whom: str, on: bool, lock: bool) -> None:
        before = self.court.seat(whom)
        if self.try_to(ActKind.MUTE, by, whom, on=on, lock=lock):
            assert self.bench(by)
            if on and lock:
                self.locks.add(whom)
            elif not on:
                self.locks.discard(whom)
                assert self.court.seat(whom).muted is before.muted, "the court opened somebody's own mute"

    @rule(by=mostly_bench, on=st.booleans(), lock=st.booleans())
    def mute_everybody(self, by: str, on: bool, lock: bool) -> None:
        if self.try_to(ActKind.MUTE_ALL, by, on=on, lock=lock):
            assert self.bench(by)
            if on and lock:
                self.locks |= {name for name in PEOPLE if not self.presider(name)}
            elif not on:
                self.locks = {name for name in self.locks if self.presider(name) or name == by}

    @rule(by=mostly_bench, whom=who)
    def send_out(self, by: str, whom: str) -> None:
        if self.try_to(ActKind.REMOVE, by, whom):
            assert self.presider(by)
            self.out.add(whom)
            self.admitted.discard(whom)
            self.floors.discard(whom)
            self.secret.discard(whom)

    @rule(by=mostly_bench, whom=who)
    def take_back(self, by: str, whom: str) -> None:
        if self.try_to(ActKind.READMIT, by, whom):
            assert self.presider(by)
            self.out.discard(whom)

    @rule(by=who, several=st.lists(who, min_size=1, max_size=3, unique=True), on=st.booleans())
    def caucus(self, by: str, several: list[str], on: bool) -> None:
        if self.try_to(ActKind.CAUCUS, by, targets=tuple(several), on=on):
            assert self.presider(by)
            if on:
                self.secret |= set(several)
                self.floors -= set(several)
            else:
                self.secret = {one.user_id for one in self.court.seats if one.place is Place.SIDE}

    @rule(data=st.data())
    def the_judge_goes_on(self, data: st.DataObject) -> None:
        """Where a walk of anybody doing anything hardly ever gets: deep into the hearing."""
        ways = sorted(self.court.rule.next)
        if ways:
            self.move_on("judge", data.draw(st.sampled_from(ways)))

    @rule(data=st.data(), on=st.booleans())
    def the_judge_takes_aside(self, data: st.DataObject, on: bool) -> None:
        inside = sorted(one.user_id for one in self.court.seats if one.place in (Place.COURT, Place.SIDE))
        if inside:
            several = st.lists(st.sampled_from(inside), min_size=1, max_size=2, unique=True)
            self.caucus("judge", data.draw(several), on)

    @rule(whom=st.sampled_from(["witness", "bystander"]), on=st.booleans(), confront=st.booleans())
    def the_judge_calls_a_witness(self, whom: str, on: bool, confront: bool) -> None:
        self.call("judge", whom, on, confront)

    @rule(by=who, on=st.booleans())
    def undertake(self, by: str, on: bool) -> None:
        before = self.court
        if self.try_to(ActKind.UNDERTAKE, by, on=on, file_id="drawing") and self.court is not before:
            assert by in WITNESSES
            (self.sworn.add if on else self.sworn.discard)(by)
            if not on:
                self.floors.discard(by)

    @rule(by=mostly_bench, whom=who, state=st.sampled_from(list(UndertakingState)))
    def note_an_undertaking(self, by: str, whom: str, state: UndertakingState) -> None:
        if self.try_to(ActKind.UNDERTAKING, by, whom, undertaking=state):
            assert self.bench(by)
            assert whom in WITNESSES
            (self.sworn.discard if state is UndertakingState.REFUSED else self.sworn.add)(whom)
            if state is UndertakingState.REFUSED:
                self.floors.discard(whom)

    @initialize()
    def everybody_comes(self) -> None:
        """So that walks get beyond the door; who shall be outside leaves again."""
        for name in PEOPLE:
            for kind in (ActKind.COME, ActKind.ACCEPT):
                self.try_to(kind, name)
            if self.bench(name) and name not in self.out:
                self.admitted.add(name)
        for name in PEOPLE:
            if self.try_to(ActKind.ADMIT, "judge", name):
                self.admitted.add(name)
            self.try_to(ActKind.IDENTIFY, "judge", name, identity=IdentityState.CONFIRMED)

    @invariant()
    def no_voice_is_open_without_right(self) -> None:
        here = self.court
        for one in here.seats:
            if not mic_open(here, one):
                continue
            name = one.user_id
            assert one.role is not HearingRole.OBSERVER
            assert here.stage not in SILENT
            assert name not in self.locks | self.out
            assert not one.muted
            assert name in self.admitted
            if name in self.secret:
                continue
            chairs = [chair for chair in here.seats if self.presider(chair.user_id) and chair.connected]
            assert any(room_of(here, chair) == 0 for chair in chairs)
            if not self.bench(name):
                assert here.stage is not HearingStage.WAITING
                assert name in self.floors or here.stage in TALK
            if one.role is HearingRole.WITNESS:
                assert here.stage in HEARS_WITNESSES
                assert name in self.sworn or self.kind is not HearingKind.COURT

    @invariant()
    def who_is_not_in_a_room_hears_nothing(self) -> None:
        for one in self.court.seats:
            if room_of(self.court, one) is not None:
                assert one.user_id in self.admitted
                assert one.user_id not in self.out
            assert (room_of(self.court, one) or 0) == 0 or one.user_id in self.secret
            assert not may_speak(self.court, one) or room_of(self.court, one) is not None
            if one.role is HearingRole.WITNESS and room_of(self.court, one) is not None:
                assert self.court.stage in HEARS_WITNESSES

    @invariant()
    def recorded_exactly_while_the_court_sits(self) -> None:
        sits = self.court.stage not in (HearingStage.WAITING, *SILENT)
        assert (self.court.recording is not None) is sits


class Mediation(Hearing):
    kind = HearingKind.MEDIATION


TestTrialWalks = Hearing.TestCase
TestTrialWalks.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
TestMediationWalks = Mediation.TestCase
TestMediationWalks.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
