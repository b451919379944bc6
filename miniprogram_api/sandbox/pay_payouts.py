"""WeChat Pay's merchant transfers and electronic invoices: the endpoints over their books."""

from typing import Any

from miniprogram_api.sandbox.jsapi import merchant_key
from miniprogram_api.sandbox.keyring import seal_for_merchant
from miniprogram_api.sandbox.pay import PayHandler
from miniprogram_api.sandbox.pay_checks import Check, Rules, fen, flag, list_of, notify_url, one_of, text
from miniprogram_api.sandbox.state import Row
from miniprogram_api.sandbox.till import TillError

# Fen: names are compared from here on, and refused below; a transfer is at least and at most this much.
NAME_FROM, NAME_BELOW, LEAST, MOST = 200_000, 30, 10, 2_000_000


def _number(least: int, most: int) -> Check:
    def check(value: Any) -> str:
        fine = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        return "" if fine else f"应为{least}到{most}的整数"

    return check


_TRANSFER: Rules = {
    "appid": (True, text(32)),
    "out_bill_no": (True, text(32, r"[0-9A-Za-z]+")),
    "transfer_scene_id": (True, text(36, r"\d+")),
    "openid": (True, text(64)),
    "user_name": (False, text(1024)),
    "transfer_amount": (True, _number(LEAST, MOST)),
    "transfer_remark": (True, text(32)),
    "notify_url": (False, notify_url),
    "user_recv_perception": (False, text(32)),
    "transfer_scene_report_infos": (
        True,
        list_of({"info_type": (True, text(15)), "info_content": (True, text(32))}, 10),
    ),
}


class CreateTransfer(PayHandler):
    endpoint = "transfer_create"

    def post(self) -> None:
        body = self.checked_body()
        if body is None or not self.lawful(_TRANSFER, body):
            return
        fault = self._fault(body)
        if fault is not None:
            self.refuse("PARAM_ERROR", 400, fault[1], fault[0])
        elif self.open_sealed(body, "user_name"):
            self.done(lambda: self._view(self.world.transfers.create(body)))

    def _fault(self, body: dict[str, Any]) -> tuple[str, str] | None:
        if body["appid"] != self.world.credentials.appid:
            return "appid", "appid和mchid不匹配"
        if self.world.people.get(body["openid"]) is None:
            return "openid", "openid与appid不匹配"
        amount, named = body["transfer_amount"], "user_name" in body
        if (amount >= NAME_FROM and not named) or (amount < NAME_BELOW and named):
            return "user_name", "转账金额与收款用户姓名的要求不符"
        return None

    def _view(self, row: Row) -> dict[str, Any]:
        shown = {
            "out_bill_no": row["out_bill_no"],
            "transfer_bill_no": row["transfer_bill_no"],
            "create_time": row["created_at"],
            "state": row["state"],
        }
        waits = row["state"] == "WAIT_USER_CONFIRM"
        return shown | ({"package_info": row["package_info"]} if waits else {})


class QueryTransfer(PayHandler):
    endpoint = "transfer_query"

    def get(self, out_bill_no: str) -> None:
        self.done(lambda: self.world.transfers.view(self.world.transfers.find(out_bill_no)))


class CancelTransfer(PayHandler):
    endpoint = "transfer_cancel"

    def post(self, out_bill_no: str) -> None:
        self.done(lambda: self._view(self.world.transfers.cancel(out_bill_no)))

    def _view(self, row: Row) -> dict[str, Any]:
        names = {"out_bill_no": "out_bill_no", "transfer_bill_no": "transfer_bill_no", "state": "state"}
        return {shown: row[name] for shown, name in names.items()} | {"update_time": row["updated_at"]}


_ITEM: Rules = {
    "tax_code": (True, text(19, r"\d{19}")),
    "goods_name": (False, text(92)),
    "quantity": (True, _number(1, 10**15)),
    "unit": (False, text(8)),
    "total_amount": (True, fen),
    "tax_rate": (True, _number(0, 1700)),
    "discount": (True, flag),
}
_INVOICE: Rules = {
    "fapiao_id": (True, text(32, r"[0-9A-Za-z_\-|*]+")),
    "total_amount": (True, fen),
    "items": (True, list_of(_ITEM, 8)),
}
_ISSUE: Rules = {
    "scene": (True, one_of("WITH_WECHATPAY")),
    "fapiao_apply_id": (True, text(32)),
    "buyer_information": (True, lambda value: "" if isinstance(value, dict) else "类型错误，应为对象"),
    "fapiao_information": (True, list_of(_INVOICE, 1)),
}
_BUYER: Rules = {
    "type": (True, one_of("INDIVIDUAL", "ORGANIZATION")),
    "name": (True, text(100)),
    "taxpayer_id": (False, text(20, r"[0-9A-Z]+", 15)),
    "address": (False, text(100)),
    "telephone": (False, text(30)),
    "bank_name": (False, text(90)),
    "bank_account": (False, text(60)),
    "phone": (False, text(1024)),
    "email": (False, text(1024)),
}
_REVERSED: Rules = {
    "fapiao_id": (True, text(32)),
    "fapiao_code": (False, text(20)),
    "fapiao_number": (True, text(20)),
}
_REVERSE: Rules = {
    "reverse_reason": (True, text(50)),
    "fapiao_information": (
        True,
        list_of(_REVERSED, 1),
    ),
}


class InvoiceConfig(PayHandler):
    endpoint = "invoice_config"

    def patch(self) -> None:
        body = self.checked_body()
        if body is not None and self.lawful({"callback_url": (True, notify_url)}, body):
            self.world.invoices.use_callback(body["callback_url"])
            self.answer(200, body)


class TitleLink(PayHandler):
    endpoint = "invoice_title_link"

    def get(self) -> None:
        self.done(self._link)

    def _link(self) -> dict[str, Any] | None:
        order = self.world.invoices.payment(self.get_query_argument("fapiao_apply_id", ""))
        wanted = {
            "source": "MINIPROGRAM",
            "appid": self.world.credentials.appid,
            "openid": order["body"]["payer"]["openid"],
            "total_amount": str(order["body"]["amount"]["total"]),
        }
        for name, value in wanted.items():
            if self.get_query_argument(name, "") != value:
                raise TillError("PARAM_ERROR", 400, f"{name}与支付单不符")
        return {
            "miniprogram_appid": "wx0000000000000000",
            "miniprogram_path": f"pages/fapiao/title?apply={order['transaction_id']}",
            "miniprogram_user_name": "gh_sandbox",
        }


class Title(PayHandler):
    endpoint = "invoice_title"

    def get(self) -> None:
        if self.get_query_argument("scene", "") != "WITH_WECHATPAY":
            self.refuse("PARAM_ERROR", 400, "scene不合法")
            return
        self.done(lambda: self._sealed(self.world.invoices.title(self.get_query_argument("fapiao_apply_id", ""))))

    def _sealed(self, title: dict[str, Any]) -> dict[str, Any]:
        key = merchant_key(self.world.credentials)
        private = ("phone", "email")
        return {name: seal_for_merchant(key, value) if name in private else value for name, value in title.items()}


class Issue(PayHandler):
    endpoint = "invoice_issue"

    def post(self) -> None:
        body = self.checked_body()
        if body is None or not self.lawful(_ISSUE, body) or not self.lawful(_BUYER, body["buyer_information"]):
            return
        buyer, invoice = body["buyer_information"], body["fapiao_information"][0]
        if buyer["type"] == "ORGANIZATION" and "taxpayer_id" not in buyer:
            self.refuse("PARAM_ERROR", 400, "单位抬头必须填写纳税人识别号", "buyer_information.taxpayer_id")
        elif sum(item["total_amount"] for item in invoice["items"]) != invoice["total_amount"]:
            self.refuse("PARAM_ERROR", 400, "发票总金额应等于各行金额之和", "fapiao_information.total_amount")
        elif self.open_sealed(buyer, "phone", "email"):
            self.done(lambda: self.world.invoices.issue(body), status=202)


class QueryInvoices(PayHandler):
    endpoint = "invoice_query"

    def get(self, apply_id: str) -> None:
        rows = self.world.invoices.of(apply_id, self.get_query_argument("fapiao_id", None))
        if not rows:
            self.refuse("RESOURCE_NOT_EXISTS", 404, "发票不存在")
            return
        shown = [self.world.invoices.view(row) for row in rows]
        self.answer(200, {"total_count": len(shown), "fapiao_information": shown})


class Reverse(PayHandler):
    endpoint = "invoice_reverse"

    def post(self, apply_id: str) -> None:
        body = self.checked_body()
        if body is not None and self.lawful(_REVERSE, body):
            fapiao_id = body["fapiao_information"][0]["fapiao_id"]
            self.done(lambda: self.world.invoices.reverse(apply_id, fapiao_id), status=202)


class Files(PayHandler):
    endpoint = "invoice_files"

    def get(self, apply_id: str) -> None:
        rows = self.world.invoices.of(apply_id, self.get_query_argument("fapiao_id", None))
        issued = [row for row in rows if row["number"]]
        if not issued:
            self.refuse("RESOURCE_NOT_EXISTS", 404, "发票文件不存在")
            return
        host = f"{self.request.protocol}://{self.request.host}"
        files = [
            {
                "fapiao_id": row["fapiao_id"],
                "status": row["status"],
                "download_url": f"{host}/fapiao/{row['fapiao_id']}.pdf?token={row['number']}",
            }
            for row in issued
        ]
        self.answer(200, {"fapiao_download_info_list": files})
