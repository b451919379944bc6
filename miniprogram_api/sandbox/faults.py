"""Switches that make an endpoint misbehave."""

import itertools
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

# Endpoint names → path patterns. A fault may name either, or the end of a path.
ENDPOINTS: dict[str, tuple[str, ...]] = {
    "jscode2session": ("/sns/jscode2session",),
    "stable_token": ("/cgi-bin/stable_token",),
    "getuserphonenumber": ("/wxa/business/getuserphonenumber",),
    "subscribe_send": ("/cgi-bin/message/subscribe/send",),
    "pay_jsapi": ("/v3/pay/transactions/jsapi",),
    "pay_query": ("/v3/pay/transactions/out-trade-no/*", "/v3/pay/transactions/id/*"),
    "pay_close": ("/v3/pay/transactions/out-trade-no/*/close",),
    "refund_create": ("/v3/refund/domestic/refunds",),
    "refund_query": ("/v3/refund/domestic/refunds/*",),
    "refund_abnormal": ("/v3/refund/domestic/refunds/*/apply-abnormal-refund",),
    "certificates": ("/v3/certificates",),
    "bill_trades": ("/v3/bill/tradebill",),
    "bill_funds": ("/v3/bill/fundflowbill",),
    "bill_download": ("/v3/billdownload/file",),
    "sharing_receiver": ("/v3/profitsharing/receivers/add",),
    "sharing_create": ("/v3/profitsharing/orders",),
    "sharing_query": ("/v3/profitsharing/orders/*",),
    "sharing_unfreeze": ("/v3/profitsharing/orders/unfreeze",),
    "sharing_return": ("/v3/profitsharing/return-orders",),
    "sharing_return_query": ("/v3/profitsharing/return-orders/*",),
    "invoice_issue": ("/v3/new-tax-control-fapiao/fapiao-applications",),
    "invoice_query": ("/v3/new-tax-control-fapiao/fapiao-applications/*",),
    "invoice_reverse": ("/v3/new-tax-control-fapiao/fapiao-applications/*/reverse",),
    "invoice_files": ("/v3/new-tax-control-fapiao/fapiao-applications/*/fapiao-files",),
    "msg_sec_check": ("/wxa/msg_sec_check",),
    "media_check_async": ("/wxa/media_check_async",),
    "custom_send": ("/cgi-bin/message/custom/send",),
    "upload_shipping_info": ("/wxa/sec/order/upload_shipping_info",),
    "is_trade_managed": ("/wxa/sec/order/is_trade_managed",),
    "send_sms": ("/",),
    "transcribe": ("/v1/audio/transcriptions",),
    "send_tts_voice": ("/vms/",),
    "id_card_verification": ("/faceid/",),
    "detect_auth": ("/faceid/DetectAuth",),
    "get_detect_info": ("/faceid/GetDetectInfoEnhanced",),
    "verify_company": ("/ocr/",),
}
_ALIASES = {
    "code2session": "jscode2session",
    "auth.code2session": "jscode2session",
    "getstableaccesstoken": "stable_token",
    "getphonenumber": "getuserphonenumber",
    "subscribemessage.send": "subscribe_send",
    "prepay": "pay_jsapi",
    "prepay_jsapi": "pay_jsapi",
    "jsapi": "pay_jsapi",
    "query": "pay_query",
    "close": "pay_close",
    "refund": "refund_create",
    "refunds": "refund_create",
    "tradebill": "bill_trades",
    "fundflowbill": "bill_funds",
    "msgseccheck": "msg_sec_check",
    "mediacheckasync": "media_check_async",
    "sendsms": "send_sms",
    "sms": "send_sms",
}


@dataclass
class Fault:
    """One switch. ``left`` None means until it is deleted.

    ``phase`` ``before``: nothing happens at the vendor; ``after``: it happens, but the answer is this one (a lost
    answer). ``drop`` closes the connection without any answer. ``tamper`` breaks the signature of a pay answer.
    """

    id: int
    endpoint: str
    errcode: int | str | None = None
    status: int | None = None
    delay_ms: int = 0
    left: int | None = None
    phase: str = "before"
    drop: bool = False
    tamper: bool = False

    @property
    def answers(self) -> bool:
        """Whether it replaces the answer (a fault that only delays or tampers does not)."""
        return self.drop or self.errcode is not None or self.status is not None


def resolve(endpoint: str) -> str | None:
    """The endpoint's name for a name, an alias, a path or the end of a path; None when there is none."""
    wanted = endpoint.strip()
    name = wanted.lower()
    if name in ENDPOINTS:
        return name
    if name in _ALIASES:
        return _ALIASES[name]
    path = wanted if wanted.startswith("/") else "/" + wanted
    # The longest pattern first, so that "…/close" is not taken for a query.
    patterns = [(pattern, name) for name, patterns in ENDPOINTS.items() for pattern in patterns]
    for pattern, name in sorted(patterns, key=lambda pair: -len(pair[0])):
        if fnmatchcase(_plain(path), pattern) or (len(path) > 1 and pattern.endswith(path)):
            return name
    return None


def _plain(path: str) -> str:
    """A documented path such as ``…/{out_trade_no}/close`` as one that a pattern matches."""
    return path.split("?")[0].replace("{", "").replace("}", "")


class Faults:
    """The switches that are on, in the order they were set; the first that fits acts."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, endpoint: str, times: int | None, **values: Any) -> Fault:
        """``endpoint`` is a name of ``ENDPOINTS``; ``times`` None is until deleted."""
        fault = Fault(id=next(self._ids), endpoint=endpoint, left=times, **values)
        self._faults.append(fault)
        return fault

    def take(self, endpoint: str) -> Fault | None:
        """The fault that acts on this request, if any, counted down."""
        for fault in self._faults:
            if fault.endpoint == endpoint:
                if fault.left is not None:
                    fault.left -= 1
                    if fault.left <= 0:
                        self._faults.remove(fault)
                return fault
        return None

    def list(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        self._faults.clear()
