"""The ledger, its comparison with the bills, and the settlement with firms."""

from pymongo import ASCENDING, DESCENDING

from services.storage.indexes.shapes import DATE, FEN, TEXT, WHOLE, Collection, index, needs, up

_LINE = {"bsonType": "object", "required": ["account", "fen"], "properties": {"account": TEXT, "fen": WHOLE}}

BOOKS: tuple[Collection, ...] = (
    Collection(
        "ledger",
        (
            index("account", *up("lines.account", "at")),
            index("order", *up("order_id", "at"), sparse=True),
            index("day", *up("at")),
            index("recorded", *up("recorded_at")),
            index("voucher", *up("refs.voucher"), sparse=True),
        ),
        needs(
            ["kind", "at", "lines", "refs", "recorded_at"],
            at=DATE,
            lines={"bsonType": "array", "minItems": 2, "items": _LINE},
        ),
    ),
    Collection("bills"),
    Collection("reconciliations", (index("state", *up("state", "_id")),)),
    Collection(
        "firms",
        (index("credit_code", *up("credit_code"), unique=True),),
        needs(["name", "credit_code", "tariff", "revision"]),
    ),
    Collection("settlement_rules", (), needs(["effective_from", "rules", "digest"], effective_from=DATE)),
    Collection(
        "penalties",
        (
            # one decision imposes one penalty, however often it is worked off
            index("source", *up("source"), unique=True),
            index("order", *up("order_id")),
            index("imposed", *up("imposed_at")),
            index("waived", *up("waived_at"), sparse=True),
        ),
        needs(["order_id", "cause", "source", "imposed_at"], imposed_at=DATE),
    ),
    Collection(
        "settlement_periods",
        # two workers that close at once close the same period
        (index("number", *up("number"), unique=True),),
        needs(["number", "starts_at", "ends_at", "state"], starts_at=DATE, ends_at=DATE),
    ),
    Collection(
        "settlement_lines",
        (
            index("order", *up("order_id", "period_number")),
            index("firm", *up("period_id", "firm_id", "lawyer_id")),
            index("recorded", *up("created_at")),
        ),
        needs(
            ["period_id", "order_id", "firm_id", "lawyer_id", "rules", "revenue_fen", "total_fen", "items"],
            revenue_fen=WHOLE,
            platform_fen=WHOLE,
            total_fen=WHOLE,
        ),
    ),
    Collection(
        "settlements",
        (
            index("once", *up("period_id", "firm_id", "lawyer_id"), unique=True),
            index("lawyer", ("lawyer_id", ASCENDING), ("_id", DESCENDING)),
            index("carried", *up("firm_id", "state")),
        ),
        needs(
            ["period_id", "firm_id", "state", "total_fen", "paid_fen", "approvals", "revision"],
            total_fen=WHOLE,
            paid_fen=WHOLE,
            approvals={"bsonType": "array", "maxItems": 2},
        ),
    ),
    Collection(
        "payouts",
        (
            index("out_no", *up("out_no"), unique=True, partialFilterExpression={"out_no": {"$type": "string"}}),
            # one line of the bank's statement pays one statement
            index(
                "bank_reference",
                *up("bank_reference"),
                unique=True,
                partialFilterExpression={"bank_reference": {"$type": "string"}},
            ),
            index("settlement", *up("settlement_id", "created_at")),
            index("payment", *up("payment_id"), sparse=True),
            index("refund", *up("refund_id"), sparse=True),
            index("shared_by", *up("shared_by"), sparse=True),
            index("firm", *up("firm_id", "kind", "state")),
            index("finished", *up("finished_at"), sparse=True),
            index("query", *up("state", "query_at")),
        ),
        needs(["settlement_id", "firm_id", "kind", "amount_fen", "state", "created_at"], amount_fen=FEN),
    ),
)
