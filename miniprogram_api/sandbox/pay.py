"""Plays ``api.mch.weixin.qq.com``: verifies every request's signature, signs every answer."""

import json
import re
import time
from collections.abc import Callable
from typing import Any, ClassVar

from miniprogram_api.sandbox.crypto import rsa_holds
from miniprogram_api.sandbox.faults import Fault
from miniprogram_api.sandbox.jsapi import merchant_key
from miniprogram_api.sandbox.pay_checks import Rules, close_fault, first_fault, prepay_fault, refund_fault
from miniprogram_api.sandbox.state import Row
from miniprogram_api.sandbox.till import TillError
from miniprogram_api.sandbox.web import VendorHandler, World

_SCHEME = "WECHATPAY2-SHA256-RSA2048 "
_FIELD = re.compile(r'(\w+)="([^"]*)"')
_WINDOW = 300
# HTTP statuses that come with the vendor's codes when a fault names only the code.
_STATUSES = {
    "PARAM_ERROR": 400,
    "INVALID_REQUEST": 400,
    "ORDER_CLOSED": 400,
    "ORDERPAID": 400,
    "SIGN_ERROR": 401,
    "NO_AUTH": 403,
    "RULE_LIMIT": 403,
    "OUT_TRADE_NO_USED": 403,
    "NOT_ENOUGH": 403,
    "ORDER_NOT_EXIST": 404,
    "RESOURCE_NOT_EXISTS": 404,
    "NOT_FOUND": 404,
    "NO_STATEMENT_EXIST": 400,
    "STATEMENT_CREATING": 400,
    "ALREADY_EXISTS": 400,
    "FREQUENCY_LIMITED": 429,
    "SYSTEM_ERROR": 500,
    "BANK_ERROR": 500,
}


class Gate:
    """Checks the ``Authorization`` of requests; remembers nonces as long as their timestamps would pass."""

    def __init__(self, world: World) -> None:
        self._key = merchant_key(world.credentials)
        self._credentials = world.credentials
        self._nonces: dict[str, float] = {}

    def fault(self, authorization: str, method: str, target: str, body: bytes) -> str | None:
        """What is wrong with the signature of a request to ``target`` (path and query), or None."""
        if not authorization.startswith(_SCHEME):
            return "Authorization格式错误"
        fields = dict(_FIELD.findall(authorization))
        if set(fields) != {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}:
            return "Authorization缺少字段"
        if fields["mchid"] != self._credentials.mchid:
            return "商户号不存在"
        if fields["serial_no"] != self._credentials.merchant_serial:
            return "商户证书序列号有误"
        now = time.time()
        if not fields["timestamp"].isdigit() or abs(now - int(fields["timestamp"])) > _WINDOW:
            return "HTTP头Authorization值中timestamp与当前时间差超过5分钟"
        signed = (method, target, fields["timestamp"], fields["nonce_str"], body)
        if not rsa_holds(self._key, fields["signature"], *signed):
            return "签名错误，请检查后再试"
        return self._replayed(fields["nonce_str"], now)

    def _replayed(self, nonce: str, now: float) -> str | None:
        # Insertion order is time order, so only the outdated ones at the front are looked at.
        while self._nonces and now - next(iter(self._nonces.values())) > 2 * _WINDOW:
            del self._nonces[next(iter(self._nonces))]
        if nonce in self._nonces:
            return "随机串重复，疑似重放请求"
        self._nonces[nonce] = now
        return None


class PayHandler(VendorHandler):
    """Common form: signature first, answers signed, refusals as ``{code, message, detail}``."""

    endpoint: ClassVar[str] = ""

    def initialize(self, world: World, gate: Gate) -> None:  # type: ignore[override]  # the vendor's handlers need more
        super().initialize(world)
        self.gate = gate

    async def prepare(self) -> None:
        await super().prepare()
        if self._finished:
            return
        fault = self._header_fault()
        if fault is not None:
            self.refuse("PARAM_ERROR", 400, fault)
            return
        target = self.request.uri or self.request.path
        authorization = self.request.headers.get("Authorization", "")
        fault = self.gate.fault(authorization, self.request.method or "", target, self.request.body)
        self.checks["signature"] = fault or "ok"
        if fault is not None:
            self.refuse("SIGN_ERROR", 401, fault)

    def reply(self, status: int, body: dict[str, Any] | None) -> None:
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        wanted = self.request.headers.get("Wechatpay-Serial")
        headers = self.world.keyring.headers(raw, wanted if wanted in self.world.keyring.serials else None)
        if self.fault is not None and self.fault.tamper:
            headers["Wechatpay-Nonce"] = headers["Wechatpay-Nonce"][::-1] + "x"
        for name, value in headers.items():
            self.set_header(name, value)
        self.set_header("Request-ID", self.rid)
        self.set_status(status)
        if body is None:
            self.clear_header("Content-Type")
        else:
            self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(raw or None)

    def refuse(self, code: str, status: int, message: str, field: str | None = None) -> None:
        """Answer with a refusal; ``field`` says where the fault lies."""
        self.outcome = code
        body: dict[str, Any] = {"code": code, "message": message}
        if field is not None:
            pointer = "/body/" + field.replace(".", "/")
            body["detail"] = {"field": pointer, "issue": message, "location": "body"}
        self.answer(status, body)

    def answer_fault(self, fault: Fault) -> None:
        code = str(fault.errcode or "SYSTEM_ERROR")
        self.outcome = code
        status = fault.status or _STATUSES.get(code, 500)
        self.reply(status, {"code": code, "message": "系统异常，请稍后重试"})

    def checked_body(self) -> dict[str, Any] | None:
        """The JSON body; answers itself when there is none."""
        body = self.json_body()
        if body is None:
            self.refuse("PARAM_ERROR", 400, "请求体不是合法的JSON")
        return body

    def lawful(self, rules: Rules, body: dict[str, Any]) -> bool:
        """Whether ``body`` keeps the rules; answers itself when not."""
        fault = first_fault(rules, body)
        self.checks["fields"] = f"{fault[0]}: {fault[1]}" if fault else "ok"
        if fault is not None:
            self.refuse("PARAM_ERROR", 400, fault[1], fault[0])
        return fault is None

    def open_sealed(self, body: dict[str, Any], *names: str) -> bool:
        """Decrypt the sealed fields of ``body`` that are there, in place; answers itself when one is not sealed for
        the key that ``Wechatpay-Serial`` names.
        """
        serial = self.request.headers.get("Wechatpay-Serial", "")
        for name in names:
            if name not in body:
                continue
            if serial not in self.world.keyring.serials:
                self.refuse("PARAM_ERROR", 400, "Wechatpay-Serial错误，平台证书序列号或公钥ID不存在")
                return False
            opened = self.world.keyring.opened(serial, body[name])
            self.checks[f"sealed_{name}"] = "ok" if opened else "wrong"
            if not opened:
                self.refuse("PARAM_ERROR", 400, "敏感信息解密失败", name)
                return False
            body[name] = opened
        return True

    def done(self, act: Callable[[], dict[str, Any] | None], status: int = 200) -> None:
        """Answer with what ``act`` returns, or with its ``TillError``."""
        try:
            body = act()
        except TillError as error:
            self.refuse(error.code, error.status, error.message)
            return
        self.answer(status, body)

    def same_merchant(self, mchid: object) -> bool:
        """Whether ``mchid`` is the one that signed; answers itself when not."""
        if mchid == self.world.credentials.mchid:
            return True
        self.refuse("PARAM_ERROR", 400, "商户号与签名的商户号不一致", "mchid")
        return False

    def _header_fault(self) -> str | None:
        headers = self.request.headers
        if "application/json" not in headers.get("Accept", "") and "*/*" not in headers.get("Accept", ""):
            return "Http头缺少Accept或User-Agent"
        if not headers.get("User-Agent"):
            return "Http头缺少Accept或User-Agent"
        if self.request.method == "POST" and "application/json" not in headers.get("Content-Type", ""):
            return "Content-Type应为application/json"
        return None


class JsapiPrepay(PayHandler):
    endpoint = "pay_jsapi"

    def post(self) -> None:
        body = self.checked_body()
        if body is None:
            return
        fault = prepay_fault(body)
        self.checks["fields"] = f"{fault[0]}: {fault[1]}" if fault else "ok"
        if fault is not None:
            self.refuse("PARAM_ERROR", 400, fault[1], fault[0])
            return
        credentials = self.world.credentials
        if (body["appid"], body["mchid"]) != (credentials.appid, credentials.mchid):
            self.refuse("APPID_MCHID_NOT_MATCH", 400, "appid和mch_id不匹配")
            return
        if self.world.people.get(body["payer"]["openid"]) is None:
            self.refuse("PARAM_ERROR", 400, "无效的openid", "payer.openid")
            return
        try:
            self.answer(200, {"prepay_id": self.world.till.prepay(body)})
        except TillError as error:
            self.refuse(error.code, error.status, error.message)


class QueryOrder(PayHandler):
    endpoint = "pay_query"

    def get(self, out_trade_no: str) -> None:
        self._show(self.world.till.find(out_trade_no))

    def _show(self, order: Row | None) -> None:
        if not self.same_merchant(self.get_query_argument("mchid", "")):
            return
        if order is None:
            self.refuse("ORDER_NOT_EXIST", 404, "订单不存在")
            return
        self.answer(200, self.world.till.transaction(order))


class QueryTransaction(QueryOrder):
    def get(self, transaction_id: str) -> None:
        self._show(self.world.till.find_by("transaction_id", transaction_id))


class CloseOrder(PayHandler):
    endpoint = "pay_close"

    def post(self, out_trade_no: str) -> None:
        body = self.checked_body()
        if body is None:
            return
        fault = close_fault(body)
        if fault is not None:
            self.refuse("PARAM_ERROR", 400, fault[1], fault[0])
            return
        if not self.same_merchant(body["mchid"]):
            return
        try:
            self.world.till.close(out_trade_no)
        except TillError as error:
            self.refuse(error.code, error.status, error.message)
            return
        self.answer(204, None)


class Refunds(PayHandler):
    endpoint = "refund_create"

    def post(self) -> None:
        body = self.checked_body()
        if body is None:
            return
        fault = refund_fault(body)
        self.checks["fields"] = f"{fault[0]}: {fault[1]}" if fault else "ok"
        if fault is not None:
            self.refuse("PARAM_ERROR", 400, fault[1], fault[0])
            return
        try:
            refund, new = self.world.till.refund(body)
        except TillError as error:
            self.refuse(error.code, error.status, error.message)
            return
        self.answer(200, self.world.till.refund_view(refund))
        if new:
            self.world.cashier.complete_later(refund)


class QueryRefund(PayHandler):
    endpoint = "refund_query"

    def get(self, out_refund_no: str) -> None:
        refund = self.world.till.find_refund(out_refund_no)
        if refund is None:
            self.refuse("RESOURCE_NOT_EXISTS", 404, "退款单不存在")
            return
        self.answer(200, self.world.till.refund_view(refund))
