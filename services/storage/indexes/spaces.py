"""The spaces, their records, and what lies in them: files, readings, evidence."""

from pymongo import ASCENDING, DESCENDING

from services.storage.indexes.shapes import DATE, HASH, SEQ, TEXT, Collection, index, needs, up

SPACES: tuple[Collection, ...] = (
    Collection(
        "spaces",
        (
            index("order", *up("order_id"), unique=True),
            index("member", *up("members.user_id")),
            index("name", *up("members.display_name")),
            index("title", *up("title")),
            index("closed", *up("closed_at", "_id")),
        ),
    ),
    Collection(
        "entries",
        (
            # idempotent for ever: the same id of the same sender is the same entry
            index("client_msg_id", *up("_id.space", "sender", "cid"), unique=True),
            index("target", *up("_id.space", "target"), partialFilterExpression={"target": {"$exists": True}}),
        ),
        needs(
            ["_id", "v", "sender", "role", "cid", "type", "at", "sealed", "commit", "prev", "hash"],
            _id={
                "bsonType": "object",
                "required": ["space", "seq"],
                "properties": {"space": {"bsonType": "string"}, "seq": SEQ},
            },
            v={"bsonType": ["int", "long"]},
            sender=TEXT,
            role=TEXT,
            cid=TEXT,
            type=TEXT,
            sealed=HASH,
            at=DATE,
            commit=HASH,
            prev=HASH,
            hash=HASH,
        ),
    ),
    Collection(
        "checkpoints",
        (
            # one statement about a length of a record, ever: two would be a fork that is signed
            index("seq", *up("_id.space", "seq"), unique=True),
            index("due", *up("due", "_id"), partialFilterExpression={"due": {"$exists": True}}),
        ),
        needs(
            ["_id", "seq", "head", "at", "prev", "digest", "key", "signature"],
            _id={
                "bsonType": "object",
                "required": ["space", "number"],
                "properties": {"space": TEXT, "number": SEQ},
            },
            seq={"bsonType": ["int", "long"], "minimum": 0},
            head=HASH,
            at=DATE,
            prev=HASH,
            digest=HASH,
            key=HASH,
            signature=HASH,
        ),
    ),
    Collection("anchors", (), needs(["datum", "response", "stamped_at"], datum=HASH, response=HASH, stamped_at=DATE)),
    Collection("search", clustered=True),
    Collection("reads"),
    Collection(
        "files",
        (
            index("space", *up("space_id")),
            index("pending", *up("expires_at"), partialFilterExpression={"expires_at": {"$exists": True}}),
            # what has had its time
            index("identity", *up("space_id"), partialFilterExpression={"identifies": True}),
        ),
    ),
    Collection(
        "readings",
        (
            index("job", *up("job_key"), unique=True, sparse=True),  # read once, whoever asks at the same moment
            index("state", *up("state", "_id")),
            index("file", ("file_id", ASCENDING), ("_id", DESCENDING)),
            index("kind", *up("kind", "state", "space_id"), sparse=True),  # what has had its time
            index("asked_kind", *up("asked_kind", "space_id"), sparse=True),
            index("card", *up("space_id", "card_seq"), sparse=True),
        ),
        needs(["space_id", "file_id", "uploader_id", "state", "tries", "confirmations"]),
    ),
    Collection(
        "evidence",
        (index("number", *up("space_id", "number"), unique=True), index("file", *up("file_id"), unique=True)),
        needs(["space_id", "number", "file_id", "sha256", "facts", "submitter_id", "submitted_at"], submitted_at=DATE),
    ),
    Collection("case_elements"),
    Collection("calls", (index("expiry", *up("called_at"), expireAfterSeconds=86_400),)),
)
