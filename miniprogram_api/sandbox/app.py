"""Wires the sandbox together: vendor endpoints, control API and pages on one port."""

from pathlib import Path
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import PathMatches, Rule
from tornado.web import Application, RequestHandler

from miniprogram_api.sandbox import control, pages, pay, weixin
from miniprogram_api.sandbox.cashier import Cashier
from miniprogram_api.sandbox.credentials import create_credentials
from miniprogram_api.sandbox.faults import Faults
from miniprogram_api.sandbox.journal import Journal
from miniprogram_api.sandbox.notifier import Notifier
from miniprogram_api.sandbox.people import People, Tokens
from miniprogram_api.sandbox.sms import SendSms
from miniprogram_api.sandbox.state import State
from miniprogram_api.sandbox.till import Till
from miniprogram_api.sandbox.web import World


class Health(RequestHandler):
    def get(self) -> None:
        self.write({"status": "ok"})


class Posts(PathMatches):
    """A path, for POST only: ``POST /`` is Tencent's only address, ``GET /`` the sandbox's own page."""

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return super().match(request) if request.method == "POST" else None


def build_world(data: Path, product_url: str | None = None, notify_speed: float = 60.0) -> World:
    """Everything the sandbox knows, from ``data`` on disk."""
    credentials = create_credentials(data)
    state, journal = State(data / "sandbox.db"), Journal()
    till = Till(state, credentials)
    notifier = Notifier(state, credentials, journal, speed=notify_speed)
    world = World(
        credentials=credentials,
        state=state,
        journal=journal,
        faults=Faults(),
        people=People(state),
        tokens=Tokens(state),
        till=till,
        notifier=notifier,
        cashier=Cashier(till, notifier),
    )
    world.use_product(product_url)
    return world


def build_app(world: World) -> Application:
    """The web application over ``world``."""
    here = {"world": world}
    paying = {"world": world, "gate": pay.Gate(world)}
    number = r"([^/]+)"
    return Application(
        [
            (r"/sns/jscode2session", weixin.CodeToSession, here),
            (r"/cgi-bin/stable_token", weixin.StableToken, here),
            (r"/wxa/checksession", weixin.CheckSession, here),
            (r"/wxa/business/getuserphonenumber", weixin.PhoneNumber, here),
            (r"/cgi-bin/message/subscribe/send", weixin.SubscribeSend, here),
            (r"/v3/pay/transactions/jsapi", pay.JsapiPrepay, paying),
            (rf"/v3/pay/transactions/out-trade-no/{number}/close", pay.CloseOrder, paying),
            (rf"/v3/pay/transactions/out-trade-no/{number}", pay.QueryOrder, paying),
            (rf"/v3/pay/transactions/id/{number}", pay.QueryTransaction, paying),
            (r"/v3/refund/domestic/refunds", pay.Refunds, paying),
            (rf"/v3/refund/domestic/refunds/{number}", pay.QueryRefund, paying),
            (r"/control/users", control.Users, here),
            (r"/control/codes", control.Codes, {**here, "kind": "login"}),
            (r"/control/phone-codes", control.Codes, {**here, "kind": "phone"}),
            (r"/control/payments", control.Payments, here),
            (rf"/control/payments/{number}/pay", control.Pay, here),
            (r"/control/refunds", control.RefundList, here),
            (r"/control/subscribe-messages", control.Messages, here),
            (r"/control/subscribe-credits", control.Credits, here),
            (r"/control/sms", control.SmsList, here),
            (r"/control/faults", control.FaultSwitches, here),
            (r"/control/log", control.Log, here),
            (r"/control/config", control.Config, here),
            (r"/control/access-token", control.AccessToken, here),
            (rf"/pay/{number}", pages.PayPage, here),
            (r"/healthz", Health),
            Rule(Posts(r"/"), SendSms, here),
            (r"/", pages.Index, here),
        ],
        # Tornado's own access log would carry query strings, and those carry secrets; the journal replaces it.
        log_function=lambda handler: None,
    )
