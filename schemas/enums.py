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
    STRAY = "stray"  # the money came when its order was cancelled or paid already: it goes back


class SubjectKind(StrEnum):
    """What a payment pays for."""

    ORDER = "order"
    QUOTE = "quote"
    TIP = "tip"
    TOP_UP = "top_up"


class DiscountKind(StrEnum):
    FIXED = "fixed"
    PERCENTAGE = "percentage"


class CouponState(StrEnum):
    AVAILABLE = "available"
    RESERVED = "reserved"
    REDEEMED = "redeemed"


class TopUpState(StrEnum):
    WAITING = "waiting"  # for the money, or for a second person
    DONE = "done"
    REFUSED = "refused"


class QuoteState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    PAID = "paid"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class DisputeKind(StrEnum):
    REFUND = "refund"
    COMPLAINT = "complaint"
    LOW_RATING = "low_rating"  # opened by a rating under three stars


class DisputeState(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"  # decided by one, to be approved by another
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class DisputeOutcome(StrEnum):
    REFUND = "refund"
    COMPENSATION = "compensation"
    REDO = "redo"  # the lawyer revises without pay
    REFUSED = "refused"


class InvoiceTitleKind(StrEnum):
    INDIVIDUAL = "individual"
    ORGANIZATION = "organization"


class InvoiceState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"  # by WeChat Pay, which issues it in a moment
    BY_HAND = "by_hand"  # finance issues it
    ISSUED = "issued"
    REVERSING = "reversing"
    REVERSED = "reversed"  # 红冲: the money has gone back
    CANCELLED = "cancelled"  # the money went back before it was issued


class RefundState(StrEnum):
    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class PaymentMethod(StrEnum):
    WECHAT_JSAPI = "wechat_jsapi"
    PREPAID = "prepaid"  # from a company's prepaid balance
    NOTHING = "nothing"  # coupons and subsidy cover the whole price


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


class TermsKind(StrEnum):
    """What a person agrees to before using the product (个人信息保护法 13, 17)."""

    USER_AGREEMENT = "user_agreement"
    PRIVACY_POLICY = "privacy_policy"


class OutboxState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    PARKED = "parked"


class NoticeKind(StrEnum):
    """What a notice is about; whom it concerns and how it gets there stands in ``services/notices/notice_table.py``."""

    MESSAGE_UNREAD = "message_unread"
    MENTIONED = "mentioned"
    ORDER_PAID = "order_paid"
    ORDER_ASSIGNED = "order_assigned"
    ORDER_ACCEPTED = "order_accepted"
    ORDER_DECLINED = "order_declined"
    ORDER_DELIVERED = "order_delivered"
    ORDER_CONFIRMED = "order_confirmed"
    ORDER_REVIEWED = "order_reviewed"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_REFUND_REQUESTED = "order_refund_requested"
    ORDER_REFUND_FAILED = "order_refund_failed"
    ORDER_REFUNDED = "order_refunded"
    INVOICE_ISSUED = "invoice_issued"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_DECIDED = "dispute_decided"
    QUOTE_OFFERED = "quote_offered"
    QUOTE_ANSWERED = "quote_answered"
    TIP_RECEIVED = "tip_received"
    HEARING_CALLED = "hearing_called"
    HEARING_SOON = "hearing_soon"
    HEARING_MOVED = "hearing_moved"
    HEARING_CANCELLED = "hearing_cancelled"
    MINUTES_READING = "minutes_reading"
    MINUTES_SIGNING = "minutes_signing"
    HEARING_TURN = "hearing_turn"
    HEARING_DUE = "hearing_due"
    CONTENT_HELD = "content_held"
    CONTENT_REVIEWED = "content_reviewed"
    SETTLEMENT_CLOSED = "settlement_closed"
    SETTLEMENT_PAID = "settlement_paid"
    SPACE_CLOSED = "space_closed"
    SPACE_REOPENED = "space_reopened"
    FIRM_MERCHANT = "firm_merchant"
    VERIFICATION_DECIDED = "verification_decided"
    VERIFICATION_EXPIRING = "verification_expiring"


class ContentState(StrEnum):
    """How far WeChat's opinion of a message has come, and what people made of it."""

    OWED = "owed"
    ASKED = "asked"  # a medium: the verdict comes by push
    PASSED = "passed"
    UNCHECKED = "unchecked"  # no opinion is to be had; the cause says why
    HELD = "held"
    RELEASED = "released"
    UPHELD = "upheld"


class NoticeChannel(StrEnum):
    """A way outside; the list in the app is no channel, everything is there."""

    WECHAT = "wechat"  # subscription message (订阅消息)
    CUSTOMER = "customer"  # customer-service message (客服消息)
    SMS = "sms"
    EMAIL = "email"
    CALL = "call"  # a voice call


class ChannelState(StrEnum):
    """How far a notice got on an outside channel."""

    OWED = "owed"
    SENDING = "sending"  # asked for; until the answer is known it may have arrived or not
    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"  # the person accepts no more messages of this template
    UNREACHABLE = "unreachable"  # the person has no identity on this channel
    MOOT = "moot"  # read in the app before it was sent
    UNKNOWN = "unknown"  # the answer was lost and nothing will tell: it may have arrived, so it is not repeated
    GATHERED = "gathered"  # told together with others, in one message
    OFF = "off"  # the person does not want it there
    FAILED = "failed"
