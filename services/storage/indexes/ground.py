"""What every theme stands on."""

from pymongo import ASCENDING, DESCENDING

from services.storage.indexes.shapes import DATE, Collection, index, needs, up

GROUND: tuple[Collection, ...] = (
    Collection(
        "work_items",
        (
            index("open", *up("open_key"), unique=True, partialFilterExpression={"open_key": {"$type": "string"}}),
            index("state", ("state", ASCENDING), ("_id", DESCENDING)),
            index("subject", *up("kind", "subject")),
        ),
        needs(["kind", "subject", "title", "advice", "state", "created_at"], created_at=DATE),
    ),
    Collection(
        "outbox",
        (
            index("due", *up("state", "due_at", "_id")),
            index("done", *up("done_at"), expireAfterSeconds=30 * 86_400),
            index("outside", *up("outside_since"), sparse=True),
        ),
        needs(["kind", "subject", "payload", "state", "created_at"], created_at=DATE),
    ),
    Collection(
        "audit",
        (index("subject", *up("subject", "at")), index("actor", *up("actor", "at"))),
        needs(["at", "action", "subject", "actor"], at=DATE),
    ),
    Collection("idempotency", (index("expiry", *up("expires_at"), expireAfterSeconds=0),)),
    Collection("data_keys", (index("master", *up("master"), sparse=True),)),
    Collection("leases"),
    Collection(
        "cursors",
        (index("parked", *up("parked"), sparse=True), index("again", *up("again"), sparse=True)),
    ),
)
