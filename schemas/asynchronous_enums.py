"""The closed sets of values of asynchronous hearings (I6). Values are lower_snake and never renamed."""

from enum import StrEnum


class ApplicationState(StrEnum):
    """How far somebody's asking for an asynchronous hearing has come."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"  # by the presider
    REFUSED = "refused"  # by a party


class QuestionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    LAPSED = "lapsed"


class TurnKind(StrEnum):
    STATEMENT = "statement"
    QUESTION = "question"
    ANSWER = "answer"


class StepKind(StrEnum):
    """Everything that can happen in an asynchronous hearing, and on the way into and out of it."""

    APPLY = "apply"
    AGREE = "agree"
    REFUSE = "refuse"
    GRANT = "grant"
    DECLINE = "decline"
    MOVE = "move"  # to another stage
    TURN = "turn"  # a statement
    SKIP = "skip"  # a side says nothing this time, or is passed over
    ASK = "ask"
    ANSWER = "answer"
    EXTEND = "extend"
    LIVE = "live"  # back into the court room
    LAPSE = "lapse"  # a deadline passed; nobody's decision
