"""What things cost and who carries it: coupons, subsidies, quotes, tips, the balances of companies."""

from pymongo import ASCENDING, DESCENDING

from services.storage.indexes.shapes import FEN, PRICE, Collection, index, needs, up

PRICING: tuple[Collection, ...] = (
    Collection(
        "coupon_definitions",
        (index("code", *up("code"), unique=True), index("claimable", *up("claimable", "valid_until"))),
        needs(["code", "title", "terms", "valid_until", "issued"], issued=FEN),
    ),
    Collection("coupon_codes", (index("definition", *up("definition_id")),)),
    Collection(
        "coupons",
        (
            # a person's first, second … of a definition: the limit holds whatever runs at once
            index("ordinal", *up("definition_id", "user_id", "ordinal"), unique=True),
            index("user", *up("user_id", "valid_until")),
            index("used_for", *up("used_for.kind", "used_for.id"), sparse=True),
        ),
        needs(["definition_id", "user_id", "ordinal", "terms", "state", "valid_until"]),
    ),
    Collection(
        "subsidies",
        (index("version", *up("code", "version"), unique=True),),
        # whatever the code believes, a budget is neither overdrawn nor given back twice
        {
            "$and": [
                needs(["code", "version", "discount", "spent_fen"], spent_fen=FEN),
                {"$or": [{"budget_fen": None}, {"$expr": {"$lte": ["$spent_fen", "$budget_fen"]}}]},
            ]
        },
    ),
    Collection(
        "quotes",
        (
            index("space", ("space_id", ASCENDING), ("_id", DESCENDING)),
            index("order", *up("order_id")),
            index("open", *up("state", "valid_until")),
        ),
        needs(["order_id", "space_id", "client_id", "amount_fen", "state", "valid_until"], amount_fen=PRICE),
    ),
    Collection(
        "tips",
        (index("order", *up("order_id")), index("lawyer", *up("lawyer_id", "paid_at"))),
        needs(["order_id", "client_id", "firm_id", "amount_fen"], amount_fen=PRICE),
    ),
    Collection(
        "companies",
        (index("credit_code", *up("credit_code"), unique=True), index("member", *up("members.user_id"))),
        needs(["name", "credit_code", "members", "movements"]),
    ),
    Collection(
        "top_ups",
        (
            index("company", ("company_id", ASCENDING), ("_id", DESCENDING)),
            index("state", *up("state", "created_at")),
            # one line of a bank's statement is one top-up
            index(
                "bank_reference",
                *up("bank_reference"),
                unique=True,
                partialFilterExpression={"bank_reference": {"$type": "string"}},
            ),
        ),
        needs(["company_id", "method", "amount_fen", "state"], amount_fen=PRICE),
    ),
)
