"""The closed sets of values of a hearing's minutes (庭审笔录, I6). Values are lower_snake and never renamed."""

from enum import StrEnum


class MinutesState(StrEnum):
    DRAFT = "draft"  # being written
    READING = "reading"  # 送阅: everybody reads it, and may ask for corrections
    FINAL = "final"  # its words are fixed and are signed
    DONE = "done"  # everybody has signed or refused


class EntryKind(StrEnum):
    PROCEDURE = "procedure"  # what happened
    SPEECH = "speech"  # what somebody said
    SUGGESTED = "suggested"  # what speech recognition heard: no part of the minutes before a person has accepted it


class VersionCause(StrEnum):
    """Why an entry has the words that it has."""

    WRITTEN = "written"
    EDITED = "edited"  # by who keeps the minutes, before it was read
    CORRECTED = "corrected"  # because somebody who read it asked for it


class ObjectionState(StrEnum):
    OPEN = "open"
    CORRECTED = "corrected"
    REFUSED = "refused"


class SigningState(StrEnum):
    OPEN = "open"
    SIGNED = "signed"
    REFUSED = "refused"  # by themselves, or as the court notes it
    ABSENT = "absent"  # was not there, so owes no signature


class MinutesAct(StrEnum):
    """What can be done with minutes; who may do it when stands in ``services/hearings/minutes/rights.py``."""

    READ = "read"
    WRITE = "write"
    SEND = "send"
    RECALL = "recall"
    OBJECT = "object"
    ANSWER = "answer"
    FINISH = "finish"
    REOPEN = "reopen"
    SIGN = "sign"
    REFUSE = "refuse"
    NOTE_REFUSAL = "note_refusal"
