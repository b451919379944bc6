"""WeChat Pay's electronic invoices: the endpoints over their books."""

from typing import Any

from miniprogram_api.sandbox.pay import PayHandler
from miniprogram_api.sandbox.pay_checks import Check, Rules, fen, flag, list_of, one_of, text


def _number(least: int, most: int) -> Check:
    def check(value: Any) -> str:
        fine = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        return "" if fine else f"应为{least}到{most}的整数"

    return check


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
