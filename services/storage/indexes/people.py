"""Who people are: accounts, sign-in, verified identities and the consents behind them."""

from pymongo import ASCENDING, DESCENDING

from services.storage.indexes.shapes import DATE, Collection, index, needs, up

PEOPLE: tuple[Collection, ...] = (
    Collection("users", (index("duty", *up("roles", "on_duty")),)),
    Collection(
        "identities",
        (index("lookup", *up("kind", "lookup"), unique=True), index("user", *up("user_id", "kind"))),
    ),
    Collection(
        "sessions",
        (
            index("user", *up("user_id")),
            index("expiry", *up("expires_at"), expireAfterSeconds=86_400),
        ),
    ),
    Collection("sms_codes", (index("expiry", *up("expires_at"), expireAfterSeconds=0),)),
    Collection("counters", (index("expiry", *up("expires_at"), expireAfterSeconds=0),)),
    Collection(
        "verifications",
        (
            index("open_once", *up("open_key"), unique=True, sparse=True),
            index("number_once", *up("holder_key"), unique=True, sparse=True),  # one number, one person
            index("person", ("user_id", ASCENDING), ("_id", DESCENDING)),
            index("state", ("state", ASCENDING), ("_id", DESCENDING)),
            index("expiry", *up("state", "expires_at")),
            index("purge", *up("purge_at"), sparse=True),
        ),
        needs(["user_id", "kind", "state", "consent_id", "papers", "created_at"], created_at=DATE),
    ),
    Collection("consents", (index("person", ("user_id", ASCENDING), ("_id", DESCENDING)),)),
    Collection("consent_texts"),
)
