"""WeChat Pay API v3: signing, the client, and the call-backs."""

from miniprogram_api.pay.client import PayClient
from miniprogram_api.pay.models import Refund, RefundAmount, Transaction
from miniprogram_api.pay.notifications import Notifications, PaymentNotice, RefundNotice

__all__ = [
    "Notifications",
    "PayClient",
    "PaymentNotice",
    "Refund",
    "RefundAmount",
    "RefundNotice",
    "Transaction",
]
