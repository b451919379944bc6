"""WeChat Pay's certificates, bills and abnormal refunds.

Vendor documents: pay.weixin.qq.com/doc/v3, "下载平台证书", "申请交易账单", "申请资金账单", "下载账单", "发起异常退款".
"""

import gzip
import hashlib
import secrets
import time
from datetime import date
from typing import Any, ClassVar

from miniprogram_api.sandbox.pay import Gate, PayHandler
from miniprogram_api.sandbox.pay_checks import Rules, one_of, text
from miniprogram_api.sandbox.till import TillError
from miniprogram_api.sandbox.web import World

LINK_SECONDS = 300.0
_BANKS = (
    *("CMB_DEBIT", "COMM_DEBIT", "ABC_DEBIT", "CCB_DEBIT", "ICBC_DEBIT", "BOC_DEBIT", "PAB_DEBIT", "SPDB_DEBIT"),
    *("CITIC_DEBIT", "CEB_DEBIT", "CMBC_DEBIT", "CIB_DEBIT", "GDB_DEBIT", "PSBC_DEBIT", "NBCB_DEBIT"),
)
_ABNORMAL: Rules = {
    "out_refund_no": (True, text(64)),
    "type": (True, one_of("USER_BANK_CARD", "MERCHANT_BANK_CARD")),
    "bank_type": (False, one_of(*_BANKS)),
    "bank_account": (False, text(1024)),
    "real_name": (False, text(1024)),
}


class Links:
    """Download links: each lives for five minutes of real time."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[float, bytes]] = {}

    def add(self, content: bytes) -> str:
        """The token of a new link."""
        now = time.time()
        self._files = {token: file for token, file in self._files.items() if file[0] > now}
        token = secrets.token_urlsafe(40)
        self._files[token] = (now + LINK_SECONDS, content)
        return token

    def take(self, token: str) -> bytes | None:
        ends, content = self._files.get(token, (0.0, b""))
        return content if ends > time.time() else None

    def expire(self) -> None:
        """Let all links run out."""
        self._files.clear()


class Certificates(PayHandler):
    endpoint = "certificates"

    def get(self) -> None:
        if self.world.keyring.sign_with == "public_key":
            # A merchant that is wholly in public-key mode has no certificates to fetch.
            self.refuse("RESOURCE_NOT_EXISTS", 404, "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥")
            return
        self.answer(200, {"data": self.world.keyring.listed()})


class BillHandler(PayHandler):
    """Hands out a link to a bill; the file's SHA-1 is that of the unpacked file."""

    def initialize(self, world: World, gate: Gate, links: Links) -> None:  # type: ignore[override]  # needs the links
        super().initialize(world, gate)
        self.links = links

    def get(self) -> None:
        fault = self._query_fault()
        if fault is not None:
            self.refuse("PARAM_ERROR", 400, f"{fault}不合法")
            return
        day = date.fromisoformat(self.get_query_argument("bill_date"))
        try:
            self.world.books.check_day(day)
        except TillError as error:
            self.refuse(error.code, error.status, error.message)
            return
        content = self.file(day)
        if content is None:
            self.refuse("NO_STATEMENT_EXIST", 400, "请求的账单文件不存在")
            return
        packed = content if self.get_query_argument("tar_type", "") == "" else gzip.compress(content)
        token = self.links.add(packed)
        host = f"{self.request.protocol}://{self.request.host}"
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        body = {"hash_type": "SHA1", "hash_value": sha1, "download_url": f"{host}/v3/billdownload/file?token={token}"}
        self.answer(200, body)

    def file(self, day: date) -> bytes | None:
        """The bill's file, or None."""
        raise NotImplementedError

    kinds: ClassVar[tuple[str, tuple[str, ...]]] = ("", ())

    def kind(self) -> str:
        name, values = self.kinds
        return self.get_query_argument(name, values[0])

    def _query_fault(self) -> str | None:
        try:
            date.fromisoformat(self.get_query_argument("bill_date", ""))
        except ValueError:
            return "bill_date"
        if self.kind() not in self.kinds[1]:
            return self.kinds[0]
        return None if self.get_query_argument("tar_type", "GZIP") == "GZIP" else "tar_type"


class TradeBill(BillHandler):
    endpoint = "bill_trades"
    kinds = ("bill_type", ("ALL", "SUCCESS", "REFUND"))

    def file(self, day: date) -> bytes | None:
        return self.world.books.trade_file(day, self.kind())


class FundBill(BillHandler):
    endpoint = "bill_funds"
    kinds = ("account_type", ("BASIC", "OPERATION", "FEES"))

    def file(self, day: date) -> bytes | None:
        return self.world.books.fund_file(day, self.kind())


class BillDownload(PayHandler):
    """The file behind a link: a signed request, an unsigned answer."""

    endpoint = "bill_download"

    def initialize(self, world: World, gate: Gate, links: Links) -> None:  # type: ignore[override]  # needs the links
        super().initialize(world, gate)
        self.links = links

    def get(self) -> None:
        content = self.links.take(self.get_query_argument("token", ""))
        if content is None:
            self.refuse("INVALID_REQUEST", 400, "下载链接无效或已过期")
            return
        if self.fault is not None and self.fault.answers and self.fault.phase == "after":
            self.answer(200, {})
            return
        if self.fault is not None and self.fault.tamper:
            content = gzip.compress(gzip.decompress(content).replace(b"`0.00", b"`0.01", 1))
        self.set_header("Content-Type", "application/octet-stream")
        self.finish(content)


class AbnormalRefund(PayHandler):
    endpoint = "refund_abnormal"

    def post(self, refund_id: str) -> None:
        body = self.checked_body()
        if body is None or not self.lawful(_ABNORMAL, body):
            return
        card = ("bank_type", "bank_account", "real_name")
        if body["type"] == "USER_BANK_CARD":
            missing = [name for name in card if name not in body]
            if missing:
                self.refuse("PARAM_ERROR", 400, "退款至用户银行卡时必填", missing[0])
                return
            if not self.open_sealed(body, "bank_account", "real_name"):
                return
        self.done(lambda: self._redirect(refund_id, body["out_refund_no"]))

    def _redirect(self, refund_id: str, out_refund_no: str) -> dict[str, Any]:
        refund = self.world.till.redirect_refund(refund_id, out_refund_no)
        self.world.cashier.complete_later(refund)
        return self.world.till.refund_view(refund)
