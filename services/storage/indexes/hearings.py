"""Hearings, their minutes, their turns and their sound."""

from services.storage.indexes.shapes import DATE, Collection, index, needs, up

HEARINGS: tuple[Collection, ...] = (
    Collection(
        "hearings",
        (
            index("code", *up("code"), unique=True),
            index("person", *up("seats.user_id", "starts_at")),
            index("case", *up("case_space_id")),
            index("space", *up("space_id")),
            index("connected", *up("seats.connected"), partialFilterExpression={"seats.connected": True}),
        ),
        needs(["version", "kind", "space_id", "case_space_id", "starts_at", "stage", "seats"], starts_at=DATE),
    ),
    Collection("minutes", (), needs(["version", "state", "order", "editions"])),
    Collection(
        "minutes_entries",
        (
            index("client", *up("hearing_id", "client_id"), unique=True),
            index("time", *up("hearing_id", "at", "_id")),
            index("objection", *up("objections.id"), sparse=True),
        ),
        needs(["hearing_id", "client_id", "kind", "at", "versions"], at=DATE),
    ),
    Collection("minutes_texts", (), needs(["hearing_id", "text"])),
    Collection(
        "hearing_turns",
        (
            index("number", *up("hearing_id", "number"), unique=True),
            index("client", *up("hearing_id", "user_id", "client_turn_id"), unique=True),
        ),
        needs(["hearing_id", "number", "kind", "stage", "user_id", "client_turn_id", "at"], at=DATE),
    ),
    Collection("hearing_tickets", (index("expiry", *up("expires_at"), expireAfterSeconds=3_600),)),
    Collection("hearing_media"),
    Collection(
        "hearing_offers",
        (index("hearing", *up("hearing_id")), index("expiry", *up("expires_at"), expireAfterSeconds=0)),
    ),
)
