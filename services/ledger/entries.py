"""A transaction before it is written: balanced lines on accounts that the chart knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.documents.money import LineDocument
from services.ledger.accounts import kind_of


class UnbalancedError(ValueError):
    """A transaction whose lines do not add up to nought, or that names an unknown account. A fault of the program."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One transaction as it shall stand in the ledger; ``cause`` is its key there, ``at`` when it happened.

    ``refs`` are ids of what it is about. Whatever moves a provider's money has a ``voucher`` among them: our own number
    under which the provider's bill shows it.
    """

    cause: str
    kind: str
    at: datetime
    lines: list[LineDocument]
    order_id: str | None = None
    refs: Mapping[str, str] = field(default_factory=dict)


def lines(*pairs: tuple[str, int]) -> list[LineDocument]:
    """Lines of ``(account, fen)``; those of nought are left out.

    Raises UnbalancedError unless they add up to nought and every account is of the chart.
    """
    made: list[LineDocument] = [{"account": name, "fen": fen} for name, fen in pairs if fen]
    if sum(line["fen"] for line in made):
        raise UnbalancedError(f"lines add up to {sum(line['fen'] for line in made)} fen")
    for line in made:
        try:
            kind_of(line["account"])
        except ValueError as error:
            raise UnbalancedError(f"no such account: {line['account']}") from error
    return made


def sums(posted: Iterable[LineDocument]) -> dict[str, int]:
    """Account → fen, without those that come to nought: what two ways of writing the same transaction share."""
    found: dict[str, int] = {}
    for line in posted:
        found[line["account"]] = found.get(line["account"], 0) + line["fen"]
    return {account: fen for account, fen in found.items() if fen}
