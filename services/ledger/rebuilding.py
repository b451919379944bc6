"""A span of the ledger, rebuilt from everything else and compared with what is stored. Pure.

The ledger is written in the transaction of each change, so the two agree unless somebody altered one of them, a
migration forgot something, or a service changed money without posting it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schemas.documents.money import LedgerDocument
from services.days import Span
from services.ledger.entries import Posting, sums


class Finding(StrEnum):
    NOT_POSTED = "not_posted"  # a change of money that the ledger does not know
    WITHOUT_CAUSE = "without_cause"  # a transaction that no stored change explains
    POSTED_OTHERWISE = "posted_otherwise"  # other accounts, amounts or time
    UNBALANCED = "unbalanced"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One transaction that is not as it should be. Lines as account → fen; empty where there are none."""

    finding: Finding
    cause: str
    kind: str
    expected: Mapping[str, int]
    stored: Mapping[str, int]
    order_id: str | None = None


def compare(expected: Iterable[Posting], stored: Sequence[LedgerDocument], span: Span) -> list[Mistake]:
    """``stored``: all transactions of the span, and those of the expected causes wherever they are in time."""
    by_cause = {document["_id"]: document for document in stored}
    mistakes = [_unbalanced(document) for document in stored if sum(line["fen"] for line in document["lines"])]
    causes = set()
    for posting in expected:
        causes.add(posting.cause)
        found = by_cause.get(posting.cause)
        if found is None and not posting.lines:
            continue  # nothing moved: what coupons paid wholly is given back
        if found is None:
            mistakes.append(
                Mistake(Finding.NOT_POSTED, posting.cause, posting.kind, sums(posting.lines), {}, posting.order_id)
            )
        elif sums(found["lines"]) != sums(posting.lines) or found["at"] != posting.at:
            mistakes.append(_otherwise(posting, found))
    mistakes += [_without_cause(one) for one in stored if one["_id"] not in causes and one["at"] in span]
    return sorted(mistakes, key=lambda mistake: (mistake.cause, mistake.finding))


def _otherwise(posting: Posting, found: LedgerDocument) -> Mistake:
    return Mistake(
        Finding.POSTED_OTHERWISE,
        posting.cause,
        posting.kind,
        sums(posting.lines),
        sums(found["lines"]),
        posting.order_id,
    )


def _without_cause(found: LedgerDocument) -> Mistake:
    return Mistake(Finding.WITHOUT_CAUSE, found["_id"], found["kind"], {}, sums(found["lines"]), found.get("order_id"))


def _unbalanced(found: LedgerDocument) -> Mistake:
    return Mistake(Finding.UNBALANCED, found["_id"], found["kind"], {}, sums(found["lines"]), found.get("order_id"))
