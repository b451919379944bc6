"""Who may say what when in an asynchronous hearing: both tables, cell by cell, and what follows from steps (I6)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.asynchronous_enums import ApplicationState, QuestionState, StepKind
from schemas.hearing_enums import ActKind, HearingKind, HearingMode, HearingRole, HearingStage, IdentityState, Place
from services.errors import Problem
from services.hearings.acts import perform
from services.hearings.asynchronous.alternation import turn_of
from services.hearings.asynchronous.exchange import Exchange, parties
from services.hearings.asynchronous.exchange_journal import step_note, step_sentence
from services.hearings.asynchronous.procedures import PROCEDURES
from services.hearings.asynchronous.step_rights import RIGHTS, Step
from services.hearings.asynchronous.steps import take
from services.hearings.court import Court, Seat, mic_open
from services.hearings.stages import VARIANTS
from tests.services.hearings.courts import START, act

ROLES = ("presider", "clerk", "party", "counsel", "witness", "observer")
MANY = 30

# Written out by hand: how many turns each may take in a stage (9 stands for: no limit), hours, what follows by itself.
# fmt: off
#                  presider clerk party counsel witness observer   hours  then
TURNS: dict[str, dict[str, tuple[tuple[int, ...], int, str]]] = {
    "court": {
        "opening":       ((9,  0,   1,    1,      0,      0),        48, "investigation"),
        "investigation": ((9,  0,   3,    3,      0,      0),        72, "evidence"),
        "evidence":      ((9,  0,   5,    5,      0,      0),        72, "debate"),
        "debate":        ((9,  0,   2,    2,      0,      0),        72, "final"),
        "final":         ((9,  0,   1,    1,      0,      0),        48, ""),
        "mediation":     ((9,  0,   20,   20,     0,      0),       120, ""),
    },
    "mediation": {
        "opening":       ((9,  0,   1,    1,      0,      0),        48, "statements"),
        "statements":    ((9,  0,   3,    3,      0,      0),        72, "mediation"),
        "mediation":     ((9,  0,   20,   20,     0,      0),       120, ""),
        "agreement":     ((9,  0,   5,    5,      0,      0),        72, ""),
    },
}
TURNS["arbitration"] = TURNS["court"]
ONE_SIDE_AFTER_THE_OTHER = {(kind, stage) for kind in ("court", "arbitration") for stage in ("debate", "final")}

# Who may do it (presider clerk party counsel witness observer); in which stages: all that are open (o), before it
# begins or in a recess (p), while it goes on (s), once it has begun (b); and whether live (l) or asynchronous (a).
DEEDS: dict[str, tuple[str, str, str]] = {
    "apply":   ("101100", "p", "l"),
    "agree":   ("001100", "p", "la"),
    "refuse":  ("001100", "p", "la"),
    "grant":   ("100000", "p", "l"),
    "decline": ("100000", "p", "l"),
    "move":    ("100000", "o", "a"),
    "turn":    ("101100", "s", "a"),
    "skip":    ("101100", "s", "a"),
    "ask":     ("100000", "s", "a"),
    "answer":  ("001100", "b", "a"),
    "extend":  ("100000", "b", "a"),
    "live":    ("100000", "o", "a"),
    "lapse":   ("000000", "b", "a"),
}
# fmt: on

NEVER = ("hearing.closed", "hearing.not_allowed", "hearing.wrong_stage")
TURN_CELLS = [
    pytest.param(HearingKind(kind), stage, HearingRole(role), cell, id=f"{kind} {stage} {role}")
    for kind in TURNS
    for stage in VARIANTS[HearingKind(kind)]
    for role, cell in zip(ROLES, TURNS[kind].get(stage, ((0,) * 6, 0, ""))[0], strict=True)
]
DEED_CELLS = [
    pytest.param(StepKind(deed), stage, HearingRole(role), mode, id=f"{deed} {stage} {role} {mode}")
    for deed in DEEDS
    for stage in VARIANTS[HearingKind.COURT]
    for role in ROLES
    for mode in HearingMode
]


def exchange(
    stage: HearingStage = HearingStage.INVESTIGATION, kind: HearingKind = HearingKind.COURT, **fields: Any
) -> Exchange:
    """One of each role by the role's name, and ``other`` on the other side, alone."""
    sides = {"party": "原告", "counsel": "原告", "other": "被告"}
    seats = tuple(
        Seat(name, role, f"{name}先生", sides.get(name))
        for name, role in [*((role.value, role) for role in HearingRole), ("other", HearingRole.PARTY)]
    )
    resumes = HearingStage.OPENING if stage is HearingStage.RECESS else None
    court = Court(kind, seats, stage=stage, since=START, resumes=resumes, mode=HearingMode.ASYNCHRONOUS)
    return Exchange(court, **{"step": 1, "due_at": START + timedelta(hours=10), **fields})


def live(stage: HearingStage = HearingStage.WAITING) -> Exchange:
    before = exchange(stage, due_at=None)
    return replace(before, court=replace(before.court, mode=HearingMode.LIVE))


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def do(before: Exchange, kind: StepKind, by: str | None = "presider", hour: float = 1, **fields: Any) -> Exchange:
    return take(before, Step(kind, at(hour), by, **fields))


def refusal(before: Exchange, kind: StepKind, by: str | None = "presider", hour: float = 1, **fields: Any) -> str:
    with pytest.raises(Problem) as refused:
        do(before, kind, by, hour, **fields)
    return refused.value.code


@pytest.mark.parametrize(("kind", "stage", "role", "cell"), TURN_CELLS)
def test_every_cell_of_turns(kind: HearingKind, stage: HearingStage, role: HearingRole, cell: int) -> None:
    """Stage × role × how many turns one has taken: each up to the last is accepted, the next is not."""
    here = exchange(stage, kind)
    for _ in range(MANY if cell == 9 else cell):
        here = do(here, StepKind.TURN, role.value)
        if (kind, stage) in ONE_SIDE_AFTER_THE_OTHER and cell != 9:
            assert refusal(here, StepKind.TURN, role.value) in ("hearing.not_your_turn", "hearing.no_turn_left")
            here = do(here, StepKind.SKIP)
    if cell != 9:
        code = refusal(here, StepKind.TURN, role.value)
        assert code in (("hearing.no_turn_left",) if cell else NEVER)


@pytest.mark.parametrize(("deed", "stage", "role", "mode"), DEED_CELLS)
def test_every_cell_of_deeds(deed: StepKind, stage: HearingStage, role: HearingRole, mode: HearingMode) -> None:
    """The table refuses by role, then by mode, then by stage; what it lets through may fail on its own terms only."""
    here = exchange(stage)
    here = replace(here, court=replace(here.court, mode=mode))
    roles, stages, modes = DEEDS[deed]
    fields: dict[str, Any] = {
        "to": "party",
        "hours": 1,
        "question_id": "q",
        "until": at(20),
        "stage": HearingStage.CLOSED,
        "step": 1,
    }
    try:
        do(here, deed, role.value, **fields)
        outcome = ""
    except Problem as problem:
        outcome = problem.code
    paused = stage in (HearingStage.WAITING, HearingStage.RECESS)
    in_stage = {"o": True, "p": paused, "s": not paused, "b": stage is not HearingStage.WAITING}[stages]
    if stage is HearingStage.CLOSED:
        assert outcome == "hearing.closed"
    elif roles[ROLES.index(role)] == "0":
        assert outcome == "hearing.not_allowed"
    elif mode.value[0] not in modes:
        assert outcome == ("hearing.not_asynchronous" if mode is HearingMode.LIVE else "hearing.asynchronous")
    elif not in_stage:
        assert outcome == "hearing.wrong_stage"
    else:
        assert outcome in OWN_TERMS[deed]


OWN_TERMS: dict[StepKind, set[str]] = {
    StepKind.APPLY: {""},
    StepKind.AGREE: {"", "hearing.no_application", "hearing.wrong_stage"},
    StepKind.REFUSE: {"", "hearing.no_application", "hearing.wrong_stage"},
    StepKind.GRANT: {"hearing.no_application"},
    StepKind.DECLINE: {"hearing.no_application"},
    StepKind.MOVE: {"", "hearing.wrong_stage"},
    StepKind.TURN: {""},
    StepKind.SKIP: {"", "hearing.wrong_stage"},  # only where the sides alternate
    StepKind.ASK: {""},
    StepKind.ANSWER: {"hearing.no_question"},
    StepKind.EXTEND: {"hearing.no_question"},
    StepKind.LIVE: {""},
}


def test_no_cell_is_missing() -> None:
    assert {str(kind): set(map(str, stages)) for kind, stages in PROCEDURES.items()} == {
        kind: set(stages) for kind, stages in TURNS.items()
    }
    assert set(DEEDS) == {str(kind) for kind in RIGHTS} == set(StepKind)
    for kind, stages in TURNS.items():
        for stage, (_, hours, then) in stages.items():
            order = PROCEDURES[HearingKind(kind)][HearingStage(stage)]
            assert (order.hours, order.then or "") == (hours, then)
            assert order.alternating is ((kind, stage) in ONE_SIDE_AFTER_THE_OTHER)
            if order.then is not None:
                assert order.then in VARIANTS[HearingKind(kind)][HearingStage(stage)].next


def test_only_the_system_notes_that_time_has_passed() -> None:
    here = exchange()
    assert refusal(here, StepKind.LAPSE, "presider", 11, step=1) == "hearing.not_allowed"
    for kind in StepKind:
        if kind is not StepKind.LAPSE:
            assert refusal(here, kind, None) == "hearing.not_allowed"
    assert refusal(here, StepKind.TURN, "stranger") == "hearing.no_participant"


# --- whether it is one (《人民法院在线诉讼规则》第二十条)


def test_all_parties_must_agree_before_it_is_granted() -> None:
    here = live()
    assert [seat.user_id for seat in parties(here.court)] == ["party", "other"]
    assert refusal(here, StepKind.GRANT) == "hearing.no_application"
    assert refusal(here, StepKind.AGREE, "party") == "hearing.no_application"
    asked = do(here, StepKind.APPLY, "counsel")
    assert [(one.user_id, one.agreed, one.by) for one in asked.consents] == [("party", True, "counsel")]
    assert do(asked, StepKind.APPLY, "other") is asked
    assert refusal(asked, StepKind.GRANT) == "hearing.consent_missing"
    agreed = do(asked, StepKind.AGREE, "other")
    granted = do(agreed, StepKind.GRANT)
    assert granted.court.mode is HearingMode.ASYNCHRONOUS
    assert {seat.place for seat in granted.court.seats} == {Place.OUTSIDE}


def test_one_refusal_is_enough_and_a_new_application_starts_anew() -> None:
    asked = do(live(), StepKind.APPLY, "party")
    refused = do(asked, StepKind.REFUSE, "other")
    assert refused.application is not None
    assert refused.application.state is ApplicationState.REFUSED
    assert refusal(refused, StepKind.GRANT) == "hearing.no_application"
    again = do(refused, StepKind.APPLY, "presider")
    assert again.consents == ()
    declined = do(again, StepKind.DECLINE)
    assert declined.court.mode is HearingMode.LIVE
    assert refusal(declined, StepKind.AGREE, "other") == "hearing.no_application"


def test_one_called_asynchronous_opens_when_all_have_agreed() -> None:
    here = exchange(HearingStage.WAITING, due_at=None)
    assert refusal(here, StepKind.MOVE, stage=HearingStage.OPENING) == "hearing.consent_missing"
    here = do(do(here, StepKind.AGREE, "counsel"), StepKind.REFUSE, "other")
    assert refusal(here, StepKind.MOVE, stage=HearingStage.OPENING) == "hearing.consent_missing"
    opened = do(do(here, StepKind.AGREE, "other"), StepKind.MOVE, stage=HearingStage.OPENING)
    assert opened.due_at == at(1 + 48)
    assert refusal(opened, StepKind.AGREE, "other") == "hearing.wrong_stage"


def test_nothing_is_done_live_in_an_asynchronous_hearing() -> None:
    here = exchange(HearingStage.MEDIATION).court
    for kind in set(ActKind) - {ActKind.IDENTIFY}:
        by = None if kind is ActKind.LOSE else "presider"
        with pytest.raises(Problem) as refused:
            perform(here, act(kind, by, "party"))
        assert refused.value.code == "hearing.asynchronous"
    assert perform(here, act(ActKind.IDENTIFY, "clerk", "party", identity=IdentityState.DOUBTED)) is not here
    inside = here.with_seats(lambda seat: replace(seat, place=Place.COURT, connected=True, floor=True))
    assert not any(mic_open(inside, seat) for seat in inside.seats)
    assert inside.recording is None


def test_back_in_the_court_room_the_stage_is_resumed() -> None:
    back = do(exchange(HearingStage.DEBATE), StepKind.LIVE).court
    assert (back.mode, back.stage, back.resumes) == (HearingMode.LIVE, HearingStage.RECESS, HearingStage.DEBATE)
    waiting = do(exchange(HearingStage.WAITING, due_at=None), StepKind.LIVE)
    assert (waiting.court.stage, waiting.due_at) == (HearingStage.WAITING, None)


# --- deadlines


def test_after_the_deadline_only_the_presider_speaks_until_it_is_extended() -> None:
    here = exchange(HearingStage.FINAL)
    assert do(here, StepKind.TURN, "party", 9.99).turns == 1
    for hour in (10, 11):
        assert refusal(here, StepKind.TURN, "party", hour) == "hearing.turn_over"
    assert do(here, StepKind.TURN, "presider", 11).turns == 1
    lapsed = do(here, StepKind.LAPSE, None, 10, step=1)
    assert (lapsed.lapsed, lapsed.court.stage) == (True, HearingStage.FINAL)
    assert do(lapsed, StepKind.LAPSE, None, 11, step=1) is lapsed, "noted once"
    extended = do(lapsed, StepKind.EXTEND, hour=11, until=at(20))
    assert (extended.due_at, extended.lapsed) == (at(20), False)
    assert do(extended, StepKind.TURN, "party", 19).turns == 1


def test_the_deadline_leads_on_where_the_procedure_says_so() -> None:
    here = do(exchange(HearingStage.OPENING), StepKind.TURN, "party")
    assert do(here, StepKind.LAPSE, None, 9, step=1) is here, "too early"
    assert do(here, StepKind.LAPSE, None, 11, step=7) is here, "of another stage"
    on = do(here, StepKind.LAPSE, None, 10, step=1)
    assert (on.court.stage, on.step, on.due_at, on.taken) == (HearingStage.INVESTIGATION, 2, at(10 + 72), ())
    assert do(on, StepKind.LAPSE, None, 11, step=1) is on
    note = step_note(here, Step(StepKind.LAPSE, at(10), None, step=1), on)
    assert note["missing"] == ["other"], "counsel and party speak for one another"
    assert step_sentence(on.court, note, "") == (
        "开庭期限届满，逾期未提交：被告other先生；进入法庭调查，提交期限至 2026年11月26日 19:00"
    )


def test_a_recess_stops_the_clock_and_keeps_the_count() -> None:
    here = do(exchange(HearingStage.FINAL), StepKind.TURN, "party")
    paused = do(here, StepKind.MOVE, stage=HearingStage.RECESS)
    assert paused.due_at is None
    assert refusal(paused, StepKind.TURN, "party") == "hearing.wrong_stage"
    assert refusal(paused, StepKind.MOVE, stage=HearingStage.DEBATE) == "hearing.wrong_stage"
    resumed = do(paused, StepKind.MOVE, hour=5, stage=HearingStage.FINAL, hours=3)
    assert resumed.due_at == at(8)
    assert refusal(resumed, StepKind.TURN, "party", 6) == "hearing.no_turn_left"
    assert do(resumed, StepKind.TURN, "other", 6).turns == 2


def test_the_hours_are_those_that_the_hearing_was_called_with() -> None:
    """For a stage that the presider opens, for one that opens by itself, and unless the presider says otherwise."""
    here = replace(exchange(HearingStage.OPENING), hours=((HearingStage.INVESTIGATION, 5), (HearingStage.EVIDENCE, 7)))
    assert do(here, StepKind.MOVE, stage=HearingStage.INVESTIGATION).due_at == at(1 + 5)
    assert do(here, StepKind.MOVE, stage=HearingStage.INVESTIGATION, hours=9).due_at == at(1 + 9)
    lapsed = do(here, StepKind.LAPSE, None, 10, step=1)
    assert lapsed.due_at == at(10 + 5)
    on = do(lapsed, StepKind.LAPSE, None, 15, step=2)
    assert (on.court.stage, on.due_at) == (HearingStage.EVIDENCE, at(15 + 7))
    assert do(on, StepKind.MOVE, hour=15, stage=HearingStage.DEBATE).due_at == at(15 + 72), "the procedure's"


# --- one side after the other (《民事诉讼法》第一百四十四条)


def debate(*third: str) -> Exchange:
    """``party`` and ``counsel`` for the plaintiff, ``other`` for the defendant; third parties, named before them."""
    here = exchange(HearingStage.DEBATE)
    strangers = tuple(Seat(name, HearingRole.PARTY, name, "第三人") for name in third)
    return replace(here, court=replace(here.court, seats=(*strangers, *here.court.seats)))


def test_the_sides_speak_one_after_the_other_the_plaintiff_first() -> None:
    here = debate("third")
    for early in ("other", "third"):
        assert refusal(here, StepKind.TURN, early) == "hearing.not_your_turn"
    for by, late in (("counsel", "party"), ("other", "party"), ("third", "other"), ("party", "counsel")):
        here = do(here, StepKind.TURN, by)
        assert refusal(here, StepKind.TURN, late) == "hearing.not_your_turn"
        here = do(here, StepKind.TURN, "presider")  # who says something when they like
    assert turn_of(here) == "被告"


def test_who_has_no_turn_left_keeps_nobody_waiting() -> None:
    here = debate()
    for by in ("party", "other", "counsel", "other"):
        here = do(here, StepKind.TURN, by)
    for by in ("party", "counsel"):  # one after the other: the defendant has none left
        here = do(here, StepKind.TURN, by)
    assert turn_of(here) is None
    assert refusal(here, StepKind.SKIP) == "hearing.wrong_stage"


def test_a_silent_side_is_passed_over_and_may_speak_in_the_next_round() -> None:
    here = debate()
    assert refusal(here, StepKind.SKIP, "other") == "hearing.not_your_turn"
    assert refusal(here, StepKind.SKIP, "party", 10) == "hearing.turn_over"
    for by, words in (
        ("party", "原告party先生放弃本轮发言，由被告发言"),
        ("presider", "审判员presider先生宣布原告本轮不再发言，由被告发言"),
    ):
        step = Step(StepKind.SKIP, at(1), by)
        passed = take(here, step)
        assert step_sentence(here.court, step_note(here, step, passed), "") == words
        answered = do(passed, StepKind.TURN, "other")
        assert do(answered, StepKind.TURN, "counsel").turns == 2
    assert refusal(exchange(), StepKind.SKIP) == "hearing.wrong_stage", "no order there"


def test_only_who_could_have_spoken_is_missing() -> None:
    """Reminders and the record name nobody who was kept waiting, and nobody who chose to say nothing."""

    def missing(here: Exchange) -> list[str]:
        step = Step(StepKind.LAPSE, at(10), None, step=1)
        return list(step_note(here, step, take(here, step))["missing"])

    assert missing(debate()) == ["party"], "the defendant's turn had not come"
    assert missing(do(debate(), StepKind.TURN, "counsel")) == ["other"]
    assert missing(do(debate(), StepKind.SKIP)) == ["other"], "after the presider went on"
    waived = do(do(debate(), StepKind.SKIP, "party"), StepKind.TURN, "other")
    assert (turn_of(waived), missing(waived)) == ("原告", [])


def test_who_has_no_side_is_one_of_their_own() -> None:
    here = debate()
    bare = here.court.with_seats(lambda seat: replace(seat, side=None) if seat.user_id == "other" else seat)
    here = do(replace(here, court=bare), StepKind.TURN, "party")
    assert turn_of(here) == "other"
    step = Step(StepKind.SKIP, at(1), "presider")
    assert "宣布other先生本轮不再发言" in step_sentence(here.court, step_note(here, step, take(here, step)), "")


@pytest.mark.parametrize("until", [None, at(1), at(9), at(1 + 24 * 181)])
def test_deadlines_are_moved_to_later_only(until: datetime | None) -> None:
    assert refusal(exchange(), StepKind.EXTEND, until=until) == "hearing.deadline_invalid"


# --- questions


def test_a_question_is_answered_once_by_that_side_in_time() -> None:
    here = do(exchange(), StepKind.ASK, question_id="q", to="party", hours=4)
    assert refusal(here, StepKind.ANSWER, "other", question_id="q") == "hearing.not_allowed"
    assert refusal(here, StepKind.ANSWER, "party", question_id="x") == "hearing.no_question"
    assert refusal(here, StepKind.ANSWER, "party", 5, question_id="q") == "hearing.turn_over"
    answered = do(here, StepKind.ANSWER, "counsel", 4.9, question_id="q")
    (question,) = answered.questions
    assert (question.number, question.answer, question.state) == (1, 2, QuestionState.ANSWERED)
    assert answered.taken == (), "an answer is no turn of one's own"
    for by in ("party", "counsel"):
        assert refusal(answered, StepKind.ANSWER, by, question_id="q") == "hearing.question_closed"
    assert do(answered, StepKind.LAPSE, None, 6, question_id="q") is answered
    assert refusal(answered, StepKind.EXTEND, question_id="q", until=at(9)) == "hearing.question_closed"


def test_an_unanswered_question_lapses_and_can_be_opened_again() -> None:
    here = do(exchange(), StepKind.ASK, question_id="q", to="other", hours=4)
    lapsed = do(here, StepKind.LAPSE, None, 5, question_id="q")
    assert lapsed.questions[0].state is QuestionState.LAPSED
    note = step_note(here, Step(StepKind.LAPSE, at(5), None, question_id="q"), lapsed)
    assert step_sentence(lapsed.court, note, "") == "第 1 号提问的答复期限届满，被告other先生未答复"
    assert refusal(lapsed, StepKind.ANSWER, "other", 4.5, question_id="q") == "hearing.turn_over"
    again = do(lapsed, StepKind.EXTEND, hour=6, question_id="q", until=at(8))
    assert do(again, StepKind.ANSWER, "other", 7, question_id="q").questions[0].answer == 2


def test_a_question_outlives_its_stage_and_a_recess() -> None:
    here = do(exchange(), StepKind.ASK, question_id="q", to="other", hours=4)
    for stage in (HearingStage.DEBATE, HearingStage.RECESS):
        assert do(do(here, StepKind.MOVE, stage=stage), StepKind.ANSWER, "other", 4, question_id="q").turns == 2
    closed = replace(here, court=replace(here.court, stage=HearingStage.CLOSED))
    assert refusal(closed, StepKind.ANSWER, "other", question_id="q") == "hearing.closed"


def test_questions_go_to_the_sides() -> None:
    for to in ("witness", "clerk", "observer", "presider"):
        assert refusal(exchange(), StepKind.ASK, question_id="q", to=to, hours=4) == "hearing.not_allowed"
    assert refusal(exchange(), StepKind.ASK, question_id="q", to="nobody", hours=4) == "hearing.no_participant"


@pytest.mark.parametrize(
    ("step", "by", "reason", "text"),
    [
        (StepKind.APPLY, "party", "人在外地", "原告party先生申请以异步方式（非同步）进行庭审，理由：人在外地"),
        (StepKind.AGREE, "other", "", "被告other先生同意以异步方式进行庭审"),
        (StepKind.REFUSE, "other", "", "被告other先生不同意以异步方式进行庭审"),
        (StepKind.GRANT, "presider", "", "经各方当事人同意，审判员presider先生决定以异步方式进行庭审"),
        (StepKind.DECLINE, "presider", "", "审判员presider先生决定不以异步方式进行庭审"),
    ],
)
def test_decisions_in_words(step: StepKind, by: str, reason: str, text: str) -> None:
    here = live()
    assert step_sentence(here.court, step_note(here, Step(step, at(1), by), here), reason) == text


def test_moves_and_extensions_in_words() -> None:
    here = do(exchange(), StepKind.ASK, question_id="q", to="other", hours=4)

    def said(kind: StepKind, reason: str = "", **fields: Any) -> str:
        step = Step(kind, at(1), "presider", **fields)
        return step_sentence(here.court, step_note(here, step, take(here, step)), reason)

    assert said(StepKind.MOVE, stage=HearingStage.DEBATE) == (
        "审判员presider先生宣布：法庭辩论，提交期限至 2026年11月26日 10:00"
    )
    assert said(StepKind.EXTEND, "原告住院", until=at(30)) == (
        "审判员presider先生将法庭调查的提交期限延长至 2026年11月24日 15:00，原因：原告住院"
    )
    assert said(StepKind.EXTEND, "原告住院", until=at(30), question_id="q") == (
        "审判员presider先生将第 1 号提问的答复期限延长至 2026年11月24日 15:00，原因：原告住院"
    )
