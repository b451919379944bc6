"""WeChat Pay API v3: signing, the clients over one door, and the call-backs."""

from miniprogram_api.pay.bill_rows import FundRow, FundSummary, TradeRow, TradeSummary
from miniprogram_api.pay.bills import BillClient, FundBill, TradeBill
from miniprogram_api.pay.certificates import PlatformCertificate, PlatformCertificates
from miniprogram_api.pay.client import PayClient
from miniprogram_api.pay.door import PayDoor
from miniprogram_api.pay.invoices import InvoiceFile, InvoiceItem, Invoices, InvoiceTitle, IssuedInvoice
from miniprogram_api.pay.models import BankCard, Refund, RefundAmount, Transaction
from miniprogram_api.pay.money import fen_to_yuan, yuan_to_fen
from miniprogram_api.pay.notifications import (
    Notifications,
    PaymentNotice,
    RefundNotice,
)
from miniprogram_api.pay.sharing import ProfitSharing, Share, SharePart, Sharing, SharingReturn
from miniprogram_api.pay.signing import PlatformKeys

__all__ = [
    "BankCard",
    "BillClient",
    "FundBill",
    "FundRow",
    "FundSummary",
    "InvoiceFile",
    "InvoiceItem",
    "InvoiceTitle",
    "Invoices",
    "IssuedInvoice",
    "Notifications",
    "PayClient",
    "PayDoor",
    "PaymentNotice",
    "PlatformCertificate",
    "PlatformCertificates",
    "PlatformKeys",
    "ProfitSharing",
    "Refund",
    "RefundAmount",
    "RefundNotice",
    "Share",
    "SharePart",
    "Sharing",
    "SharingReturn",
    "TradeBill",
    "TradeRow",
    "TradeSummary",
    "Transaction",
    "fen_to_yuan",
    "yuan_to_fen",
]
