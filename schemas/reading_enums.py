"""The closed sets of values of readings (OCR)."""

from enum import StrEnum


class ReadingState(StrEnum):
    """``queued`` and ``running`` go on by themselves; what a person made of a reading stands beside it."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"  # the message that brought the file was recalled, or the file had its time


class ReadingCard(StrEnum):
    """States of a reading's card in the chat."""

    TO_CONFIRM = "to_confirm"
    CONFIRMED = "confirmed"
    UNREADABLE = "unreadable"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"  # somebody said what the paper is, and it was read as that
    EXPIRED = "expired"  # the photo was destroyed in time


class ReadingKind(StrEnum):
    """Kinds of paper (contract, "Readings"); a test holds them against the reader's own list."""

    ID_CARD_FRONT = "id_card_front"
    ID_CARD_BACK = "id_card_back"
    BUSINESS_LICENCE = "business_licence"
    LAWYER_LICENCE = "lawyer_licence"
    BANK_CARD = "bank_card"
    SUMMONS = "summons"
    JUDGMENT = "judgment"
    CONTRACT = "contract"
    IOU = "iou"
    VAT_INVOICE = "vat_invoice"
    BANK_RECEIPT = "bank_receipt"
    CHAT_SCREENSHOT = "chat_screenshot"
    FEE_NOTICE = "fee_notice"
    POWER_OF_ATTORNEY = "power_of_attorney"
    DELIVERY_RECEIPT = "delivery_receipt"
    PAGE = "page"
