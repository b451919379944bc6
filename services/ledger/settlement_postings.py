"""What settling with the firms writes into the ledger: pure functions like those of ``postings``.

A tip is the firm's from the moment it is paid, so a line posts everything else that it shows; and those tips that
were paid while the lawyer had no firm.
"""

from schemas.documents.settlements import PayoutDocument, SettlementLineDocument
from schemas.settlement_enums import PayoutKind
from services.ledger.accounts import NO_FIRM, PENALTIES, PLATFORM, SUBSIDY, Kind, account
from services.ledger.entries import Posting, lines

SETTLED = "settlement"  # kind of a line's posting
OPERATOR = account(Kind.BANK, "operator")


def settled(line: SettlementLineDocument) -> Posting:
    """What the order brought is divided between firm and platform; subsidies and penalties go with it.

    Afterwards the order's account is even, until something comes or goes back again.
    """
    sums = {kind: sum(item["fen"] for item in line["items"] if item["kind"] == kind) for kind in _KINDS}
    subsidy, penalty, found = sums["subsidy"], sums["penalty"], line.get("from_no_firm_fen", 0)
    return Posting(
        cause=f"settlement:{line['_id']}",
        kind=SETTLED,
        at=line["created_at"],
        lines=lines(
            (account(Kind.ORDER, line["order_id"]), line["revenue_fen"]),
            (PLATFORM, -line["platform_fen"]),
            (SUBSIDY, subsidy),
            (PENALTIES, penalty),
            (account(Kind.FIRM, NO_FIRM), found),
            (account(Kind.FIRM, line["firm_id"]), -(sums["base"] + sums["stars"] + subsidy + penalty + found)),
        ),
        order_id=line["order_id"],
        refs={"period_id": line["period_id"]},
    )


def paid_out(payout: PayoutDocument) -> Posting:
    """Money that went to a firm (or, given back, came from it); freeing the rest of a payment moves none."""
    firm = account(Kind.FIRM, payout["firm_id"])
    fen = -payout["amount_fen"] if payout["kind"] == PayoutKind.GIVE_BACK else payout["amount_fen"]
    outside = payout["kind"] == PayoutKind.OUTSIDE
    other = OPERATOR if outside else account(Kind.PROVIDER, payout.get("provider_mchid", ""))
    refs = {"settlement_id": payout["settlement_id"], "payout_id": payout["_id"]}
    if "out_no" in payout:
        refs["voucher"] = payout["out_no"]
    return Posting(
        cause=f"payout:{payout['_id']}",
        kind=f"payout_{payout['kind']}",
        at=payout["finished_at"] if "finished_at" in payout else payout["updated_at"],
        lines=lines((firm, fen), (other, -fen)),
        refs=refs,
    )


_KINDS = ("base", "stars", "subsidy", "penalty")
