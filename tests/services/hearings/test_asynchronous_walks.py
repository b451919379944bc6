"""A long walk of anybody doing anything at any time: no turn is ever taken outside its stage, role and time (I6)."""

from datetime import datetime, timedelta

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from schemas.asynchronous_enums import StepKind
from schemas.hearing_enums import HearingKind, HearingMode, HearingRole, HearingStage
from services.errors import Problem
from services.hearings.asynchronous.alternation import turn_of
from services.hearings.asynchronous.exchange import Exchange
from services.hearings.asynchronous.step_rights import Step
from services.hearings.asynchronous.steps import take
from services.hearings.court import Court, Seat
from tests.services.hearings.courts import START

PEOPLE = {
    "judge": (HearingRole.PRESIDER, None),
    "clerk": (HearingRole.CLERK, None),
    "plaintiff": (HearingRole.PARTY, "原告"),
    "lawyer": (HearingRole.COUNSEL, "原告"),
    "defendant": (HearingRole.PARTY, "被告"),
    "witness": (HearingRole.WITNESS, None),
    "guest": (HearingRole.OBSERVER, None),
}
ANSWERING = {"plaintiff": {"plaintiff", "lawyer"}, "lawyer": {"plaintiff", "lawyer"}, "defendant": {"defendant"}}
# Of a court: how many turns a side's people may take in a stage, and its hours.
LIMITS = {"opening": (1, 48), "investigation": (3, 72), "evidence": (5, 72), "debate": (2, 72), "final": (1, 48)}
LIMITS["mediation"] = (20, 120)
TALKERS = {"plaintiff": ("plaintiff", "lawyer"), "defendant": ("defendant",)}  # by side; the plaintiff is first
IN_ORDER = {"debate", "final"}
who = st.sampled_from(sorted(PEOPLE))
talkers = st.sampled_from(["judge", "plaintiff", "lawyer", "defendant", "witness"])


class Hearing(RuleBasedStateMachine):
    """Keeps a ledger of its own of who agreed, what is open and until when, written without a look at the rules."""

    def __init__(self) -> None:
        super().__init__()
        seats = tuple(Seat(name, role, name, side) for name, (role, side) in PEOPLE.items())
        self.here = Exchange(Court(HearingKind.COURT, seats))
        self.now = START
        self.agreed: set[str] = set()
        self.due: datetime | None = None
        self.taken: dict[str, int] = {}
        self.last: str | None = None  # the side that spoke last, or was passed over
        self.turns = 0
        self.questions: dict[str, tuple[str, datetime]] = {}  # those that can be answered: to whom, until when

    def try_to(self, kind: StepKind, by: str | None, **fields: object) -> bool:
        """Whether it was accepted and changed something."""
        before = self.here
        try:
            self.here = take(before, Step(kind, self.now, by, **fields))  # type: ignore[arg-type]
        except Problem:
            return False
        return self.here is not before

    @property
    def stage(self) -> HearingStage:
        return self.here.court.stage

    @rule(hours=st.sampled_from([0.5, 5, 30, 80]))
    def time_passes(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @rule(by=who)
    def apply(self, by: str) -> None:
        if self.try_to(StepKind.APPLY, by):
            self.agreed = ANSWERING.get(by, set()) & {"plaintiff", "defendant"}

    @rule(by=who, kind=st.sampled_from([StepKind.AGREE, StepKind.REFUSE]))
    def consent(self, by: str, kind: StepKind) -> None:
        if self.try_to(kind, by):
            spoken_for = ANSWERING[by] & {"plaintiff", "defendant"}
            self.agreed = self.agreed | spoken_for if kind is StepKind.AGREE else self.agreed - spoken_for

    @rule(by=who)
    def grant(self, by: str) -> None:
        if self.try_to(StepKind.GRANT, by):
            assert by == "judge"
            assert self.agreed == {"plaintiff", "defendant"}

    @initialize(begun=st.booleans())
    def all_agree(self, begun: bool) -> None:
        """Half of the walks start beyond the door."""
        if begun:
            self.apply("plaintiff")
            self.consent("defendant", StepKind.AGREE)
            self.grant("judge")
            self.move_on("judge", HearingStage.OPENING)

    @rule(by=st.sampled_from(["judge", "judge", "clerk", "plaintiff"]), data=st.data())
    def choose_a_stage(self, by: str, data: st.DataObject) -> None:
        """Mostly one that may come next, and seldom the end."""
        likely = sorted(self.here.court.rule.next - {HearingStage.CLOSED}) or [HearingStage.CLOSED]
        self.move_on(by, data.draw(st.sampled_from(likely) | st.sampled_from(list(HearingStage))))

    def move_on(self, by: str, to: HearingStage) -> None:
        before = self.stage
        if self.try_to(StepKind.MOVE, by, stage=to):
            assert by == "judge"
            self.opened(before, to)

    def opened(self, before: HearingStage, to: HearingStage) -> None:
        if HearingStage.RECESS not in (before, to):
            self.taken, self.last = {}, None
        self.due = self.now + timedelta(hours=LIMITS[to][1]) if to in LIMITS else None

    @rule(by=st.sampled_from(["judge", "clerk", "clerk", "plaintiff", "defendant"]))
    def go_live(self, by: str) -> None:
        if self.try_to(StepKind.LIVE, by):
            assert by == "judge"
            self.agreed, self.due = set(), None

    @rule(by=st.sampled_from(["judge", "judge", "lawyer"]), hours=st.sampled_from([1, 40]))
    def extend(self, by: str, hours: int) -> None:
        if self.try_to(StepKind.EXTEND, by, until=self.now + timedelta(hours=hours)):
            assert by == "judge"
            assert self.due is not None
            assert self.now + timedelta(hours=hours) >= self.due
            self.due = self.now + timedelta(hours=hours)

    @rule(step=st.integers(0, 12))
    def the_worker_looks_at_the_clock(self, step: int) -> None:
        before = self.stage
        if self.try_to(StepKind.LAPSE, None, step=step):
            assert self.due is not None
            assert self.now >= self.due
            if self.stage is not before:
                self.opened(before, self.stage)

    @precondition(lambda self: self.due)
    @rule(hours=st.sampled_from([-0.1, 0, 0.1]))
    def the_deadline_comes(self, hours: float) -> None:
        """To the moments around it, where mistakes live."""
        if self.due is not None:
            self.now = max(self.now, self.due + timedelta(hours=hours))

    @rule(by=talkers, times=st.integers(1, 6))
    def speak_often(self, by: str, times: int) -> None:
        for _ in range(times):
            self.speak(by)

    def awaited(self) -> str | None:
        """The side whose turn it is."""
        if self.stage not in IN_ORDER:
            return None
        order = ["defendant", "plaintiff"] if self.last == "plaintiff" else ["plaintiff", "defendant"]
        most, _ = LIMITS[self.stage]
        return next((one for one in order if any(self.taken.get(who, 0) < most for who in TALKERS[one])), None)

    @rule(by=talkers)
    def skip(self, by: str) -> None:
        side = self.awaited()
        if self.try_to(StepKind.SKIP, by):
            assert side is not None
            assert by == "judge" or by in TALKERS[side]
            self.last = side

    def speak(self, by: str) -> None:
        side = self.awaited()
        if self.try_to(StepKind.TURN, by):
            self.turns += 1
            assert self.here.court.mode is HearingMode.ASYNCHRONOUS
            assert self.stage in LIMITS
            self.taken[by] = self.taken.get(by, 0) + 1
            if by != "judge":
                assert by in ANSWERING
                assert side is None or by in TALKERS[side]
                self.last = side
                assert self.due is not None
                assert self.now < self.due
                assert self.taken[by] <= LIMITS[self.stage][0]

    @rule(by=st.sampled_from(["judge", "judge", "lawyer"]), to=who)
    def ask(self, by: str, to: str) -> None:
        name = f"q{self.turns}"
        if self.try_to(StepKind.ASK, by, question_id=name, to=to, hours=20):
            self.turns += 1
            assert by == "judge"
            assert to in ANSWERING
            assert self.stage in LIMITS
            self.questions[name] = (to, self.now + timedelta(hours=20))

    @precondition(lambda self: self.questions)
    @rule(hours=st.sampled_from([-0.1, 0, 0.1]), data=st.data())
    def the_time_to_answer_ends(self, hours: float, data: st.DataObject) -> None:
        _, due = self.questions[data.draw(st.sampled_from(sorted(self.questions)))]
        self.now = max(self.now, due + timedelta(hours=hours))

    @precondition(lambda self: self.questions)
    @rule(by=talkers, data=st.data())
    def answer(self, by: str, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.questions)))
        to, due = self.questions[name]
        if self.try_to(StepKind.ANSWER, by, question_id=name):
            self.turns += 1
            del self.questions[name]
            assert by in ANSWERING[to]
            assert self.now < due
            assert self.here.court.mode is HearingMode.ASYNCHRONOUS

    @invariant()
    def nothing_is_counted_that_was_not_said(self) -> None:
        assert self.here.turns == self.turns
        assert dict(self.here.taken) == self.taken
        assert {None: None, "plaintiff": "原告", "defendant": "被告"}[self.awaited()] == turn_of(self.here)
        assert self.here.due_at == self.due

    @invariant()
    def asynchronous_only_when_all_have_agreed(self) -> None:
        if self.here.court.mode is HearingMode.ASYNCHRONOUS and self.stage is not HearingStage.WAITING:
            assert not self.here.unwilling()


TestAsynchronousWalks = Hearing.TestCase
TestAsynchronousWalks.settings = settings(max_examples=100, stateful_step_count=60, deadline=None)
