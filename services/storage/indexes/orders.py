"""Orders, and the payments, refunds, disputes and papers that belong to one."""

from pymongo import ASCENDING, DESCENDING

from services.storage.indexes.shapes import DATE, FEN, TEXT, Collection, index, needs, up

_SUBJECT = up("subject.kind", "subject.id")

ORDERS: tuple[Collection, ...] = (
    Collection("products", (index("code", *up("code"), unique=True),)),
    Collection(
        "drafts",
        (index("person", *up("user_id"), unique=True), index("purge", *up("purge_at"))),
        needs(["user_id", "file_ids", "purge_at"], purge_at=DATE),
    ),
    Collection(
        "orders",
        (
            index("number", *up("number"), unique=True),
            index("space", *up("space_id"), unique=True),
            index("client", ("client_id", ASCENDING), ("_id", DESCENDING)),
            index("lawyer", ("lawyer_id", ASCENDING), ("_id", DESCENDING), sparse=True),
            index("status", *up("status", "updated_at")),
            index("unpaid", *up("unpaid_until"), sparse=True),
        ),
        needs(
            ["number", "client_id", "status", "amount_fen", "payable_fen", "space_id", "steps", "created_at"],
            amount_fen=FEN,
            payable_fen=FEN,
            created_at=DATE,
        ),
    ),
    Collection(
        "payments",
        (
            index("out_trade_no", *up("out_trade_no"), unique=True),
            index(
                "transaction",
                *up("transaction_id"),
                unique=True,
                partialFilterExpression={"transaction_id": {"$type": "string"}},
            ),
            # at most one payment of a thing can succeed, whatever the code believes
            index("subject_paid_once", *_SUBJECT, unique=True, partialFilterExpression={"state": "succeeded"}),
            # and at most one waits for money, so that two devices pay the same one
            index("subject_pending_once", *_SUBJECT, unique=True, partialFilterExpression={"state": "pending"}),
            index("subject", *_SUBJECT, ("created_at", ASCENDING)),
            index("order", *up("order_id", "created_at")),
            index("query", *up("state", "query_at")),
            index("paid", *up("paid_at"), sparse=True),
            # by this a company's members spent
            index("company", *up("company_id", "payer_id"), sparse=True),
        ),
        {
            "$and": [
                needs(
                    ["subject", "out_trade_no", "amount_fen", "state", "created_at"],
                    subject={
                        "bsonType": "object",
                        "required": ["kind", "id"],
                        "properties": {"kind": TEXT, "id": TEXT},
                    },
                    amount_fen=FEN,
                    created_at=DATE,
                ),
                # only what coupons and subsidy cover wholly is paid with nothing
                {"$or": [{"amount_fen": {"$gte": 1}}, {"method": "nothing"}]},
            ]
        },
    ),
    Collection(
        "refunds",
        (
            index("out_refund_no", *up("out_refund_no"), unique=True),
            index("payment", *up("payment_id")),
            index("created", *up("created_at")),
            index("ended", *up("ended_at"), sparse=True),
            index("order", *up("order_id", "created_at")),
            index("query", *up("state", "query_at")),
            index("shares", *up("state", "shares_at")),
        ),
        needs(["payment_id", "out_refund_no", "amount_fen", "state"], amount_fen=FEN),
    ),
    Collection(
        "disputes",
        (
            # one of a kind at a time
            index("open", *up("open_key"), unique=True, partialFilterExpression={"open_key": {"$type": "string"}}),
            index("order", ("order_id", ASCENDING), ("_id", DESCENDING)),
            index("state", ("state", ASCENDING), ("_id", DESCENDING)),
        ),
        needs(["order_id", "space_id", "client_id", "kind", "state", "created_at"], created_at=DATE),
    ),
    Collection(
        "invoices",
        (
            # one stands for a payment at a time
            index("live", *up("live_key"), unique=True, partialFilterExpression={"live_key": {"$type": "string"}}),
            index("payment", ("payment_id", ASCENDING), ("_id", DESCENDING)),
            index("query", *up("state", "query_at")),
        ),
        needs(["payment_id", "payer_id", "apply_id", "amount_fen", "state", "created_at"], amount_fen=FEN),
    ),
    Collection("receipts", (index("number", *up("number"), unique=True),)),
    Collection("provider_events", (index("subject", *up("subject")),)),
)
