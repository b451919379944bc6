"""Who is told of what, and WeChat's opinion of what people write."""

from pymongo import ASCENDING, DESCENDING

from services.storage.indexes.shapes import Collection, index, up

TELLING: tuple[Collection, ...] = (
    Collection(
        "notices",
        (
            index("fact", *up("user_id", "fact"), unique=True),
            index("newest", ("user_id", ASCENDING), ("_id", DESCENDING)),
            index("waiting", *up("user_id", "kind"), partialFilterExpression={"waiting": True}),
            index("told", *up("created_at")),
            index("sms_number", *up("channels.sms.message_id"), sparse=True),
            index("call_number", *up("channels.call.message_id"), sparse=True),
        ),
    ),
    Collection("notice_turns", (index("expiry", *up("ends_at"), expireAfterSeconds=86_400),)),
    Collection("notice_wishes"),
    Collection("customer_windows"),
    Collection(
        "content_checks",
        (
            index("due", *up("due_at"), partialFilterExpression={"due_at": {"$exists": True}}),
            index("trace", *up("trace_id"), sparse=True),
            index("state", ("state", ASCENDING), ("_id", DESCENDING)),
        ),
    ),
    Collection("early_verdicts", (index("expiry", *up("at"), expireAfterSeconds=86_400),)),
    Collection("attention", (index("due", *up("due_at")), index("user", *up("_id.user")))),
    Collection("mentions", (index("due", *up("due_at")),)),
    Collection("credits", (index("user", *up("user_id")),)),
)
