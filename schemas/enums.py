"""The closed sets of values that cross an edge or are stored. Values are lower_snake and never renamed."""

from enum import StrEnum


class Role(StrEnum):
    """What a person may be. One user can have several (contract: roles of ``GET /me``)."""

    CLIENT = "client"
    LAWYER = "lawyer"
    SUPPORT = "support"
    REVIEWER = "reviewer"
    PRESIDER = "presider"
    CLERK = "clerk"
    OPS = "ops"


class SystemRole(StrEnum):
    """The role that the product's own messages bear; nobody signs in with it."""

    SYSTEM = "system"


class OrderStatus(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    ASSIGNED = "assigned"
    IN_SERVICE = "in_service"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"
    REVIEWED = "reviewed"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class PaymentState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"


class RefundState(StrEnum):
    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class PaymentMethod(StrEnum):
    WECHAT_JSAPI = "wechat_jsapi"


class MessageType(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    FILE = "file"
    LOCATION = "location"
    CONTACT = "contact"
    CARD = "card"
    NOTICE = "notice"
    CARD_UPDATE = "card_update"
    RECALL = "recall"


# What a person may send; everything else is the system's own (rulings: clients cannot forge a card).
SENDABLE = frozenset(
    {
        MessageType.TEXT,
        MessageType.IMAGE,
        MessageType.VOICE,
        MessageType.FILE,
        MessageType.LOCATION,
        MessageType.CONTACT,
    }
)
# What never counts as unread: it changes something that was there already.
SILENT = frozenset({MessageType.NOTICE, MessageType.RECALL, MessageType.CARD_UPDATE})


class FileState(StrEnum):
    PENDING = "pending"
    COMPLETE = "complete"
    REJECTED = "rejected"


class IdentityKind(StrEnum):
    WECHAT = "wechat"
    PHONE = "phone"
    STAFF = "staff"


class OutboxState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    PARKED = "parked"
