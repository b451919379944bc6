"""Wires the sandbox together: vendor endpoints, control API and pages on one port."""

from pathlib import Path
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import PathMatches, Rule
from tornado.web import Application, RequestHandler

from miniprogram_api.sandbox import (
    control,
    control_money,
    control_people,
    identity,
    pages,
    pages_faults,
    pages_money,
    pay,
    pay_money,
    pay_payouts,
    pay_sharing,
    weixin,
    weixin_more,
)
from miniprogram_api.sandbox.books import Books
from miniprogram_api.sandbox.cashier import Cashier
from miniprogram_api.sandbox.clock import Clock
from miniprogram_api.sandbox.content import ContentDesk
from miniprogram_api.sandbox.credentials import create_credentials
from miniprogram_api.sandbox.delivery import Delivery
from miniprogram_api.sandbox.faults import Faults
from miniprogram_api.sandbox.funds import Funds
from miniprogram_api.sandbox.invoices import InvoiceBooks
from miniprogram_api.sandbox.journal import Journal
from miniprogram_api.sandbox.keyring import Keyring
from miniprogram_api.sandbox.notifier import Notifier
from miniprogram_api.sandbox.people import People, Tokens
from miniprogram_api.sandbox.registers import Registers
from miniprogram_api.sandbox.service_desk import ServiceDesk
from miniprogram_api.sandbox.sharing import SharingBooks
from miniprogram_api.sandbox.sms import SendSms, SmsStatus
from miniprogram_api.sandbox.speech import Speech, Transcriptions
from miniprogram_api.sandbox.state import State
from miniprogram_api.sandbox.till import REFUND_GAP, Till
from miniprogram_api.sandbox.voice import SendTtsVoice
from miniprogram_api.sandbox.web import World

Routes = list[tuple[str, type[RequestHandler], dict[str, Any]]]
_NUMBER = r"([^/]+)"


class Health(RequestHandler):
    def get(self) -> None:
        self.write({"status": "ok"})


class Posts(PathMatches):
    """A path, for POST only: ``POST /`` is Tencent's only address, ``GET /`` the sandbox's own page."""

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return super().match(request) if request.method == "POST" else None


def build_world(
    data: Path, product_url: str | None = None, notify_speed: float = 60.0, refund_gap: float = REFUND_GAP
) -> World:
    """Everything the sandbox knows, from ``data`` on disk.

    ``refund_gap``: seconds between two refunds of one payment.
    """
    credentials = create_credentials(data)
    state, journal = State(data / "sandbox.db"), Journal()
    clock, keyring, people = Clock(state), Keyring(state, credentials), People(state)
    till = Till(state, credentials, clock)
    till.refund_gap = refund_gap
    notifier = Notifier(state, credentials, journal, keyring, speed=notify_speed)
    sharing = SharingBooks(state, till, clock, credentials)
    world = World(
        credentials=credentials,
        state=state,
        journal=journal,
        faults=Faults(),
        people=people,
        tokens=Tokens(state),
        till=till,
        notifier=notifier,
        cashier=Cashier(till, notifier),
        clock=clock,
        keyring=keyring,
        sharing=sharing,
        invoices=InvoiceBooks(state, till, clock, credentials),
        books=Books(state, till, Funds(till, sharing, credentials), clock, credentials),
        delivery=Delivery(state, till, people, clock, notifier, credentials),
        desk=ServiceDesk(state, people, notifier),
        content=ContentDesk(state, people, notifier, journal, clock, credentials.appid),
        registers=Registers(state),
    )
    world.use_product(product_url)
    return world


def build_app(world: World) -> Application:
    """The web application over ``world``."""
    here = {"world": world}
    paying = {"world": world, "gate": pay.Gate(world)}
    return Application(
        [
            *_weixin(here),
            *_pay(paying),
            *_payouts(paying),
            *_control(here),
            *_control_money(here),
            *_pages(here),
            (r"/healthz", Health),
            Rule(identity.Asks(r"/", SmsStatus.action), SmsStatus, here),
            Rule(Posts(r"/"), SendSms, here),
            (r"/vms/", SendTtsVoice, here),
            (r"/v1/audio/transcriptions", Transcriptions, here),
            *_identity(here),
            (r"/", pages.Index, here),
        ],
        # Tornado's own access log would carry query strings, and those carry secrets; the journal replaces it.
        log_function=lambda handler: None,
    )


def _identity(here: dict[str, Any]) -> list[Any]:
    asks = identity.Asks
    return [
        Rule(asks(r"/faceid/", "DetectAuth"), identity.DetectAuth, here),
        Rule(asks(r"/faceid/", "GetDetectInfoEnhanced"), identity.GetDetectInfoEnhanced, here),
        (r"/faceid/", identity.IdCardVerification, here),
        (r"/ocr/", identity.VerifyBizLicenseEnterprise3, here),
        (rf"/faces/{_NUMBER}", identity.FacePage, here),
        (r"/control/residents", identity.Residents, here),
        (r"/control/enterprises", identity.Enterprises, here),
        (rf"/control/faces/{_NUMBER}", identity.Faces, here),
    ]


def _weixin(here: dict[str, Any]) -> Routes:
    return [
        (r"/sns/jscode2session", weixin.CodeToSession, here),
        (r"/cgi-bin/stable_token", weixin.StableToken, here),
        (r"/wxa/business/getuserphonenumber", weixin.PhoneNumber, here),
        (r"/cgi-bin/message/subscribe/send", weixin.SubscribeSend, here),
        (r"/wxa/msg_sec_check", weixin_more.TextCheck, here),
        (r"/wxa/media_check_async", weixin_more.MediaCheck, here),
        (r"/cgi-bin/message/custom/send", weixin_more.CustomerSend, here),
        (r"/wxa/sec/order/upload_shipping_info", weixin_more.UploadShipping, here),
        (r"/wxa/sec/order/is_trade_managed", weixin_more.TradeManaged, here),
    ]


def _pay(paying: dict[str, Any]) -> Routes:
    linked = {**paying, "links": pay_money.Links()}
    refunds, orders = r"/v3/refund/domestic/refunds", r"/v3/pay/transactions"
    return [
        (rf"{orders}/jsapi", pay.JsapiPrepay, paying),
        (rf"{orders}/out-trade-no/{_NUMBER}/close", pay.CloseOrder, paying),
        (rf"{orders}/out-trade-no/{_NUMBER}", pay.QueryOrder, paying),
        (rf"{orders}/id/{_NUMBER}", pay.QueryTransaction, paying),
        (refunds, pay.Refunds, paying),
        (rf"{refunds}/{_NUMBER}", pay.QueryRefund, paying),
        (rf"{refunds}/{_NUMBER}/apply-abnormal-refund", pay_money.AbnormalRefund, paying),
        (r"/v3/certificates", pay_money.Certificates, paying),
        (r"/v3/bill/tradebill", pay_money.TradeBill, linked),
        (r"/v3/bill/fundflowbill", pay_money.FundBill, linked),
        (r"/v3/billdownload/file", pay_money.BillDownload, linked),
    ]


def _payouts(paying: dict[str, Any]) -> Routes:
    sharing = r"/v3/profitsharing"
    invoices = r"/v3/new-tax-control-fapiao"
    return [
        (rf"{sharing}/receivers/add", pay_sharing.AddReceiver, paying),
        (rf"{sharing}/orders", pay_sharing.Share, paying),
        (rf"{sharing}/orders/unfreeze", pay_sharing.Unfreeze, paying),
        (rf"{sharing}/orders/{_NUMBER}", pay_sharing.QuerySharing, paying),
        (rf"{sharing}/return-orders", pay_sharing.TakeBack, paying),
        (rf"{sharing}/return-orders/{_NUMBER}", pay_sharing.QueryReturn, paying),
        (rf"{invoices}/fapiao-applications", pay_payouts.Issue, paying),
        (rf"{invoices}/fapiao-applications/{_NUMBER}", pay_payouts.QueryInvoices, paying),
        (rf"{invoices}/fapiao-applications/{_NUMBER}/reverse", pay_payouts.Reverse, paying),
        (rf"{invoices}/fapiao-applications/{_NUMBER}/fapiao-files", pay_payouts.Files, paying),
    ]


def _control(here: dict[str, Any]) -> Routes:
    return [
        (r"/control/users", control.Users, here),
        (r"/control/codes", control.Codes, {**here, "kind": "login"}),
        (r"/control/phone-codes", control.Codes, {**here, "kind": "phone"}),
        (r"/control/payments", control.Payments, here),
        (rf"/control/payments/{_NUMBER}/pay", control.Pay, here),
        (r"/control/refunds", control.RefundList, here),
        (r"/control/subscribe-messages", control.Messages, here),
        (r"/control/subscribe-credits", control.Credits, here),
        (r"/control/sms", control.SmsList, here),
        (r"/control/speech", Speech, here),
        (r"/control/calls", control.CallList, here),
        (r"/control/faults", control.FaultSwitches, here),
        (r"/control/log", control.Log, here),
        (r"/control/config", control.Config, here),
        (r"/control/unreachable", control_people.Unreachable, here),
        (r"/control/access-token", control_people.AccessToken, here),
        (r"/control/customer-messages", control_people.CustomerMessages, here),
        (r"/control/activity", control_people.Activity, here),
        (r"/control/content-rules", control_people.ContentRules, here),
    ]


def _control_money(here: dict[str, Any]) -> Routes:
    return [
        (r"/control/clock", control_money.ClockControl, here),
        (r"/control/rules", control_money.RulesControl, here),
        (r"/control/keys", control_money.Keys, here),
        (rf"/control/payments/{_NUMBER}/confirm-receipt", control_money.Receipt, here),
        (r"/control/profit-sharing", control_money.Sharings, here),
        (r"/control/invoices", control_money.InvoiceList, here),
        (r"/control/bill-edits", control_money.BillEdits, here),
    ]


def _pages(here: dict[str, Any]) -> Routes:
    return [
        (rf"/pay/{_NUMBER}", pages.PayPage, here),
        (rf"/orders/{_NUMBER}", pages_money.OrderPage, here),
        (r"/desk", pages_money.Desk, here),
        (r"/faults", pages_faults.FaultPage, here),
        (r"/bills/(trade|fund)", control_money.BillFile, here),
    ]
