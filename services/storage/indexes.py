"""Every index and validator that the product needs, as data; ``apply`` makes a database match.

A test compares this table with what a real server reports, so that an index is never only in somebody's shell.
"""

import contextlib
from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import CollectionInvalid

from services.storage.database import Database


@dataclass(frozen=True, slots=True)
class Collection:
    name: str
    indexes: tuple[IndexModel, ...] = ()
    validator: dict[str, Any] = field(default_factory=dict)
    clustered: bool = False  # stored in the order of its keys: reading along them costs less than half


def _index(name: str, *keys: tuple[str, int], **options: Any) -> IndexModel:
    return IndexModel(list(keys), name=name, **options)


def _up(*names: str) -> tuple[tuple[str, int], ...]:
    return tuple((name, ASCENDING) for name in names)


def _needs(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"$jsonSchema": {"bsonType": "object", "required": required, "properties": properties}}


_WHOLE = {"bsonType": ["int", "long"]}
_FEN = {"bsonType": ["int", "long"], "minimum": 0}
_PRICE = {"bsonType": ["int", "long"], "minimum": 1}
_DATE = {"bsonType": "date"}
_TEXT = {"bsonType": "string"}
_HASH = {"bsonType": "binData"}
_SEQ = {"bsonType": ["int", "long"], "minimum": 1}

_LINE = {"bsonType": "object", "required": ["account", "fen"], "properties": {"account": _TEXT, "fen": _WHOLE}}

_SUBJECT = _up("subject.kind", "subject.id")

_CLUSTERED = {"key": {"_id": 1}, "unique": True}

COLLECTIONS: tuple[Collection, ...] = (
    Collection("users", (_index("duty", *_up("roles", "on_duty")),)),
    Collection(
        "identities",
        (_index("lookup", *_up("kind", "lookup"), unique=True), _index("user", *_up("user_id", "kind"))),
    ),
    Collection(
        "sessions",
        (
            _index("user", *_up("user_id")),
            _index("expiry", *_up("expires_at"), expireAfterSeconds=86_400),
        ),
    ),
    Collection("sms_codes", (_index("expiry", *_up("expires_at"), expireAfterSeconds=0),)),
    Collection("counters", (_index("expiry", *_up("expires_at"), expireAfterSeconds=0),)),
    Collection("products", (_index("code", *_up("code"), unique=True),)),
    Collection(
        "orders",
        (
            _index("number", *_up("number"), unique=True),
            _index("space", *_up("space_id"), unique=True),
            _index("client", ("client_id", ASCENDING), ("_id", DESCENDING)),
            _index("lawyer", ("lawyer_id", ASCENDING), ("_id", DESCENDING), sparse=True),
            _index("status", *_up("status", "updated_at")),
            _index("unpaid", *_up("unpaid_until"), sparse=True),
        ),
        _needs(
            ["number", "client_id", "status", "amount_fen", "payable_fen", "space_id", "steps", "created_at"],
            amount_fen=_FEN,
            payable_fen=_FEN,
            created_at=_DATE,
        ),
    ),
    Collection(
        "payments",
        (
            _index("out_trade_no", *_up("out_trade_no"), unique=True),
            _index(
                "transaction",
                *_up("transaction_id"),
                unique=True,
                partialFilterExpression={"transaction_id": {"$type": "string"}},
            ),
            # at most one payment of a thing can succeed, whatever the code believes
            _index("subject_paid_once", *_SUBJECT, unique=True, partialFilterExpression={"state": "succeeded"}),
            # and at most one waits for money, so that two devices pay the same one
            _index("subject_pending_once", *_SUBJECT, unique=True, partialFilterExpression={"state": "pending"}),
            _index("subject", *_SUBJECT, ("created_at", ASCENDING)),
            _index("order", *_up("order_id", "created_at")),
            _index("query", *_up("state", "query_at")),
            _index("paid", *_up("paid_at"), sparse=True),
            # by this a company's members spent
            _index("company", *_up("company_id", "payer_id"), sparse=True),
        ),
        {
            "$and": [
                _needs(
                    ["subject", "out_trade_no", "amount_fen", "state", "created_at"],
                    subject={
                        "bsonType": "object",
                        "required": ["kind", "id"],
                        "properties": {"kind": _TEXT, "id": _TEXT},
                    },
                    amount_fen=_FEN,
                    created_at=_DATE,
                ),
                # only what coupons and subsidy cover wholly is paid with nothing
                {"$or": [{"amount_fen": {"$gte": 1}}, {"method": "nothing"}]},
            ]
        },
    ),
    Collection(
        "refunds",
        (
            _index("out_refund_no", *_up("out_refund_no"), unique=True),
            _index("payment", *_up("payment_id")),
            _index("created", *_up("created_at")),
            _index("ended", *_up("ended_at"), sparse=True),
            _index("order", *_up("order_id", "created_at")),
            _index("query", *_up("state", "query_at")),
            _index("shares", *_up("state", "shares_at")),
        ),
        _needs(["payment_id", "out_refund_no", "amount_fen", "state"], amount_fen=_FEN),
    ),
    Collection(
        "coupon_definitions",
        (_index("code", *_up("code"), unique=True), _index("claimable", *_up("claimable", "valid_until"))),
        _needs(["code", "title", "terms", "valid_until", "issued"], issued=_FEN),
    ),
    Collection("coupon_codes", (_index("definition", *_up("definition_id")),)),
    Collection(
        "coupons",
        (
            # a person's first, second … of a definition: the limit holds whatever runs at once
            _index("ordinal", *_up("definition_id", "user_id", "ordinal"), unique=True),
            _index("user", *_up("user_id", "valid_until")),
            _index("used_for", *_up("used_for.kind", "used_for.id"), sparse=True),
        ),
        _needs(["definition_id", "user_id", "ordinal", "terms", "state", "valid_until"]),
    ),
    Collection(
        "subsidies",
        (_index("version", *_up("code", "version"), unique=True),),
        # whatever the code believes, a budget is neither overdrawn nor given back twice
        {
            "$and": [
                _needs(["code", "version", "discount", "spent_fen"], spent_fen=_FEN),
                {"$or": [{"budget_fen": None}, {"$expr": {"$lte": ["$spent_fen", "$budget_fen"]}}]},
            ]
        },
    ),
    Collection(
        "quotes",
        (
            _index("space", ("space_id", ASCENDING), ("_id", DESCENDING)),
            _index("order", *_up("order_id")),
            _index("open", *_up("state", "valid_until")),
        ),
        _needs(["order_id", "space_id", "client_id", "amount_fen", "state", "valid_until"], amount_fen=_PRICE),
    ),
    Collection(
        "tips",
        (_index("order", *_up("order_id")), _index("lawyer", *_up("lawyer_id", "paid_at"))),
        _needs(["order_id", "client_id", "firm_id", "amount_fen"], amount_fen=_PRICE),
    ),
    Collection(
        "companies",
        (_index("credit_code", *_up("credit_code"), unique=True), _index("member", *_up("members.user_id"))),
        _needs(["name", "credit_code", "members", "movements"]),
    ),
    Collection(
        "top_ups",
        (
            _index("company", ("company_id", ASCENDING), ("_id", DESCENDING)),
            _index("state", *_up("state", "created_at")),
            # one line of a bank's statement is one top-up
            _index(
                "bank_reference",
                *_up("bank_reference"),
                unique=True,
                partialFilterExpression={"bank_reference": {"$type": "string"}},
            ),
        ),
        _needs(["company_id", "method", "amount_fen", "state"], amount_fen=_PRICE),
    ),
    Collection(
        "ledger",
        (
            _index("account", *_up("lines.account", "at")),
            _index("order", *_up("order_id", "at"), sparse=True),
            _index("day", *_up("at")),
            _index("recorded", *_up("recorded_at")),
            _index("voucher", *_up("refs.voucher"), sparse=True),
        ),
        _needs(
            ["kind", "at", "lines", "refs", "recorded_at"],
            at=_DATE,
            lines={"bsonType": "array", "minItems": 2, "items": _LINE},
        ),
    ),
    Collection("bills"),
    Collection("reconciliations", (_index("state", *_up("state", "_id")),)),
    Collection(
        "work_items",
        (
            _index("open", *_up("open_key"), unique=True, partialFilterExpression={"open_key": {"$type": "string"}}),
            _index("state", ("state", ASCENDING), ("_id", DESCENDING)),
            _index("subject", *_up("kind", "subject")),
        ),
        _needs(["kind", "subject", "title", "advice", "state", "created_at"], created_at=_DATE),
    ),
    Collection(
        "firms",
        (_index("credit_code", *_up("credit_code"), unique=True),),
        _needs(["name", "credit_code", "tariff", "revision"]),
    ),
    Collection("settlement_rules", (), _needs(["effective_from", "rules", "digest"], effective_from=_DATE)),
    Collection(
        "penalties",
        (
            # one decision imposes one penalty, however often it is worked off
            _index("source", *_up("source"), unique=True),
            _index("order", *_up("order_id")),
            _index("imposed", *_up("imposed_at")),
            _index("waived", *_up("waived_at"), sparse=True),
        ),
        _needs(["order_id", "cause", "source", "imposed_at"], imposed_at=_DATE),
    ),
    Collection(
        "settlement_periods",
        # two workers that close at once close the same period
        (_index("number", *_up("number"), unique=True),),
        _needs(["number", "starts_at", "ends_at", "state"], starts_at=_DATE, ends_at=_DATE),
    ),
    Collection(
        "settlement_lines",
        (
            _index("order", *_up("order_id", "period_number")),
            _index("firm", *_up("period_id", "firm_id", "lawyer_id")),
            _index("recorded", *_up("created_at")),
        ),
        _needs(
            ["period_id", "order_id", "firm_id", "lawyer_id", "rules", "revenue_fen", "total_fen", "items"],
            revenue_fen=_WHOLE,
            platform_fen=_WHOLE,
            total_fen=_WHOLE,
        ),
    ),
    Collection(
        "settlements",
        (
            _index("once", *_up("period_id", "firm_id", "lawyer_id"), unique=True),
            _index("lawyer", ("lawyer_id", ASCENDING), ("_id", DESCENDING)),
            _index("carried", *_up("firm_id", "state")),
        ),
        _needs(
            ["period_id", "firm_id", "state", "total_fen", "paid_fen", "approvals", "revision"],
            total_fen=_WHOLE,
            paid_fen=_WHOLE,
            approvals={"bsonType": "array", "maxItems": 2},
        ),
    ),
    Collection(
        "payouts",
        (
            _index("out_no", *_up("out_no"), unique=True, partialFilterExpression={"out_no": {"$type": "string"}}),
            # one line of the bank's statement pays one statement
            _index(
                "bank_reference",
                *_up("bank_reference"),
                unique=True,
                partialFilterExpression={"bank_reference": {"$type": "string"}},
            ),
            _index("settlement", *_up("settlement_id", "created_at")),
            _index("payment", *_up("payment_id"), sparse=True),
            _index("refund", *_up("refund_id"), sparse=True),
            _index("shared_by", *_up("shared_by"), sparse=True),
            _index("firm", *_up("firm_id", "kind", "state")),
            _index("finished", *_up("finished_at"), sparse=True),
            _index("query", *_up("state", "query_at")),
        ),
        _needs(["settlement_id", "firm_id", "kind", "amount_fen", "state", "created_at"], amount_fen=_FEN),
    ),
    Collection(
        "disputes",
        (
            # one of a kind at a time
            _index("open", *_up("open_key"), unique=True, partialFilterExpression={"open_key": {"$type": "string"}}),
            _index("order", ("order_id", ASCENDING), ("_id", DESCENDING)),
            _index("state", ("state", ASCENDING), ("_id", DESCENDING)),
        ),
        _needs(["order_id", "space_id", "client_id", "kind", "state", "created_at"], created_at=_DATE),
    ),
    Collection(
        "invoices",
        (
            # one stands for a payment at a time
            _index("live", *_up("live_key"), unique=True, partialFilterExpression={"live_key": {"$type": "string"}}),
            _index("payment", ("payment_id", ASCENDING), ("_id", DESCENDING)),
            _index("query", *_up("state", "query_at")),
        ),
        _needs(["payment_id", "payer_id", "apply_id", "amount_fen", "state", "created_at"], amount_fen=_FEN),
    ),
    Collection("receipts", (_index("number", *_up("number"), unique=True),)),
    Collection("provider_events", (_index("subject", *_up("subject")),)),
    Collection(
        "spaces",
        (
            _index("order", *_up("order_id"), unique=True),
            _index("member", *_up("members.user_id")),
            _index("name", *_up("members.display_name")),
            _index("title", *_up("title")),
            _index("closed", *_up("closed_at", "_id")),
        ),
    ),
    Collection(
        "entries",
        (
            # idempotent for ever: the same id of the same sender is the same entry
            _index("client_msg_id", *_up("_id.space", "sender", "cid"), unique=True),
            _index("target", *_up("_id.space", "target"), partialFilterExpression={"target": {"$exists": True}}),
        ),
        _needs(
            ["_id", "v", "sender", "role", "cid", "type", "at", "sealed", "commit", "prev", "hash"],
            _id={
                "bsonType": "object",
                "required": ["space", "seq"],
                "properties": {"space": {"bsonType": "string"}, "seq": _SEQ},
            },
            v={"bsonType": ["int", "long"]},
            sender=_TEXT,
            role=_TEXT,
            cid=_TEXT,
            type=_TEXT,
            sealed=_HASH,
            at=_DATE,
            commit=_HASH,
            prev=_HASH,
            hash=_HASH,
        ),
    ),
    Collection(
        "checkpoints",
        (
            # one statement about a length of a record, ever: two would be a fork that is signed
            _index("seq", *_up("_id.space", "seq"), unique=True),
            _index("due", *_up("due", "_id"), partialFilterExpression={"due": {"$exists": True}}),
        ),
        _needs(
            ["_id", "seq", "head", "at", "prev", "digest", "key", "signature"],
            _id={
                "bsonType": "object",
                "required": ["space", "number"],
                "properties": {"space": _TEXT, "number": _SEQ},
            },
            seq={"bsonType": ["int", "long"], "minimum": 0},
            head=_HASH,
            at=_DATE,
            prev=_HASH,
            digest=_HASH,
            key=_HASH,
            signature=_HASH,
        ),
    ),
    Collection(
        "anchors", (), _needs(["datum", "response", "stamped_at"], datum=_HASH, response=_HASH, stamped_at=_DATE)
    ),
    Collection("search", clustered=True),
    Collection("reads"),
    Collection(
        "files",
        (
            _index("space", *_up("space_id")),
            _index("pending", *_up("expires_at"), partialFilterExpression={"expires_at": {"$exists": True}}),
        ),
    ),
    Collection(
        "readings",
        (
            _index("job", *_up("job_key"), unique=True, sparse=True),  # read once, whoever asks at the same moment
            _index("state", *_up("state", "_id")),
            _index("file", ("file_id", ASCENDING), ("_id", DESCENDING)),
            _index("kind", *_up("kind", "state", "space_id"), sparse=True),  # what has had its time
            _index("card", *_up("space_id", "card_seq"), sparse=True),
        ),
        _needs(["space_id", "file_id", "uploader_id", "state", "tries", "confirmations"]),
    ),
    Collection(
        "verifications",
        (
            _index("open_once", *_up("open_key"), unique=True, sparse=True),
            _index("number_once", *_up("holder_key"), unique=True, sparse=True),  # one number, one person
            _index("person", ("user_id", ASCENDING), ("_id", DESCENDING)),
            _index("state", ("state", ASCENDING), ("_id", DESCENDING)),
            _index("expiry", *_up("state", "expires_at")),
            _index("purge", *_up("purge_at"), sparse=True),
        ),
        _needs(["user_id", "kind", "state", "consent_id", "papers", "created_at"], created_at=_DATE),
    ),
    Collection("consents", (_index("person", ("user_id", ASCENDING), ("_id", DESCENDING)),)),
    Collection("consent_texts"),
    Collection(
        "drafts",
        (_index("person", *_up("user_id"), unique=True), _index("purge", *_up("purge_at"))),
        _needs(["user_id", "file_ids", "purge_at"], purge_at=_DATE),
    ),
    Collection(
        "evidence",
        (_index("number", *_up("space_id", "number"), unique=True), _index("file", *_up("file_id"), unique=True)),
        _needs(
            ["space_id", "number", "file_id", "sha256", "facts", "submitter_id", "submitted_at"], submitted_at=_DATE
        ),
    ),
    Collection("case_elements"),
    Collection("calls", (_index("expiry", *_up("called_at"), expireAfterSeconds=86_400),)),
    Collection(
        "hearings",
        (
            _index("code", *_up("code"), unique=True),
            _index("person", *_up("seats.user_id", "starts_at")),
            _index("case", *_up("case_space_id")),
            _index("space", *_up("space_id")),
            _index("connected", *_up("seats.connected"), partialFilterExpression={"seats.connected": True}),
        ),
        _needs(["version", "kind", "space_id", "case_space_id", "starts_at", "stage", "seats"], starts_at=_DATE),
    ),
    Collection("minutes", (), _needs(["version", "state", "order", "editions"])),
    Collection(
        "minutes_entries",
        (
            _index("client", *_up("hearing_id", "client_id"), unique=True),
            _index("time", *_up("hearing_id", "at", "_id")),
            _index("objection", *_up("objections.id"), sparse=True),
        ),
        _needs(["hearing_id", "client_id", "kind", "at", "versions"], at=_DATE),
    ),
    Collection("minutes_texts", (), _needs(["hearing_id", "text"])),
    Collection(
        "hearing_turns",
        (
            _index("number", *_up("hearing_id", "number"), unique=True),
            _index("client", *_up("hearing_id", "user_id", "client_turn_id"), unique=True),
        ),
        _needs(["hearing_id", "number", "kind", "stage", "user_id", "client_turn_id", "at"], at=_DATE),
    ),
    Collection("hearing_tickets", (_index("expiry", *_up("expires_at"), expireAfterSeconds=3_600),)),
    Collection("hearing_media"),
    Collection(
        "hearing_offers",
        (_index("hearing", *_up("hearing_id")), _index("expiry", *_up("expires_at"), expireAfterSeconds=0)),
    ),
    Collection(
        "outbox",
        (
            _index("due", *_up("state", "due_at", "_id")),
            _index("done", *_up("done_at"), expireAfterSeconds=30 * 86_400),
            _index("outside", *_up("outside_since"), sparse=True),
        ),
        _needs(["kind", "subject", "payload", "state", "created_at"], created_at=_DATE),
    ),
    Collection(
        "audit",
        (_index("subject", *_up("subject", "at")), _index("actor", *_up("actor", "at"))),
        _needs(["at", "action", "subject", "actor"], at=_DATE),
    ),
    Collection("idempotency", (_index("expiry", *_up("expires_at"), expireAfterSeconds=0),)),
    Collection("data_keys", (_index("master", *_up("master"), sparse=True),)),
    Collection("leases"),
    Collection(
        "notices",
        (
            _index("fact", *_up("user_id", "fact"), unique=True),
            _index("newest", ("user_id", ASCENDING), ("_id", DESCENDING)),
            _index("waiting", *_up("user_id", "kind"), partialFilterExpression={"waiting": True}),
            _index("told", *_up("created_at")),
            _index("sms_number", *_up("channels.sms.message_id"), sparse=True),
            _index("call_number", *_up("channels.call.message_id"), sparse=True),
        ),
    ),
    Collection("notice_turns", (_index("expiry", *_up("ends_at"), expireAfterSeconds=86_400),)),
    Collection("notice_wishes"),
    Collection("customer_windows"),
    Collection(
        "content_checks",
        (
            _index("due", *_up("due_at"), partialFilterExpression={"due_at": {"$exists": True}}),
            _index("trace", *_up("trace_id"), sparse=True),
            _index("state", ("state", ASCENDING), ("_id", DESCENDING)),
        ),
    ),
    Collection("early_verdicts", (_index("expiry", *_up("at"), expireAfterSeconds=86_400),)),
    Collection("attention", (_index("due", *_up("due_at")), _index("user", *_up("_id.user")))),
    Collection("mentions", (_index("due", *_up("due_at")),)),
    Collection("credits", (_index("user", *_up("user_id")),)),
    Collection(
        "cursors",
        (_index("parked", *_up("parked"), sparse=True), _index("again", *_up("again"), sparse=True)),
    ),
)


async def apply(database: Database) -> None:
    """Create what is missing: collections, validators, indexes. Safe to run again, and while serving.

    An index whose definition changed raises OperationFailure (IndexOptionsConflict): the change then belongs
    into a migration of its own, because dropping a unique index is a decision.
    """
    for spec in COLLECTIONS:
        with contextlib.suppress(CollectionInvalid):  # it is there already
            options: dict[str, Any] = {"clusteredIndex": _CLUSTERED} if spec.clustered else {}
            await database.raw.create_collection(spec.name, **options)
        if spec.validator:
            await database.raw.command("collMod", spec.name, validator=spec.validator)
        if spec.indexes:
            await database.raw[spec.name].create_indexes(list(spec.indexes))
