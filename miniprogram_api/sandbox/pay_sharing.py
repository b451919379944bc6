"""WeChat Pay's profit sharing: the endpoints over ``SharingBooks``."""

from typing import Any

from miniprogram_api.sandbox.pay import PayHandler
from miniprogram_api.sandbox.pay_checks import Rules, fen, flag, list_of, one_of, text
from miniprogram_api.sandbox.state import Row

_NUMBER = text(64, r"[0-9A-Za-z_\-|*@]+")
_RELATIONS = (
    *("STORE", "STAFF", "STORE_OWNER", "PARTNER", "HEADQUARTER", "BRAND", "DISTRIBUTOR", "USER", "SUPPLIER"),
    *("SERVICE_PROVIDER", "CUSTOM"),
)
_ADD: Rules = {
    "appid": (True, text(32)),
    "type": (True, one_of("MERCHANT_ID", "PERSONAL_OPENID")),
    "account": (True, text(64)),
    "name": (False, text(1024)),
    "relation_type": (True, one_of(*_RELATIONS)),
    "custom_relation": (False, text(10)),
}
_RECEIVER: Rules = {
    "type": (True, one_of("MERCHANT_ID", "PERSONAL_OPENID")),
    "account": (True, text(64)),
    "name": (False, text(1024)),
    "amount": (True, fen),
    "description": (True, text(80)),
}
_SHARE: Rules = {
    "appid": (True, text(32)),
    "transaction_id": (True, text(32)),
    "out_order_no": (True, _NUMBER),
    "receivers": (True, list_of(_RECEIVER, 50)),
    "unfreeze_unsplit": (True, flag),
}
_UNFREEZE: Rules = {
    "transaction_id": (True, text(32)),
    "out_order_no": (True, _NUMBER),
    "description": (True, text(80)),
}
_RETURN: Rules = {
    "out_order_no": (True, _NUMBER),
    "out_return_no": (True, _NUMBER),
    "return_mchid": (True, text(32)),
    "amount": (True, fen),
    "description": (True, text(80)),
}


class SharingHandler(PayHandler):
    """What the endpoints share."""

    def ours(self, body: dict[str, Any]) -> bool:
        """Whether ``appid`` is the merchant's; answers itself when not."""
        if body["appid"] == self.world.credentials.appid:
            return True
        self.refuse("PARAM_ERROR", 400, "appid和mchid不匹配", "appid")
        return False


class AddReceiver(SharingHandler):
    endpoint = "sharing_receiver"

    def post(self) -> None:
        body = self.checked_body()
        if body is None or not self.lawful(_ADD, body) or not self.ours(body):
            return
        if body["type"] == "MERCHANT_ID" and "name" not in body:
            self.refuse("PARAM_ERROR", 400, "接收方类型为商户号时，商户全称必填", "name")
            return
        sealed = body.get("name")
        if not self.open_sealed(body, "name"):
            return
        self.world.sharing.add_receiver(body["account"], body.get("name", ""), body["relation_type"])
        shown = {"type": body["type"], "account": body["account"], "relation_type": body["relation_type"]}
        self.answer(200, shown | ({"name": sealed} if sealed else {}))


class Share(SharingHandler):
    endpoint = "sharing_create"

    def post(self) -> None:
        body = self.checked_body()
        if body is not None and self.lawful(_SHARE, body) and self.ours(body):
            self.done(lambda: sharing_view(self.world.sharing.share(body)))


class QuerySharing(PayHandler):
    endpoint = "sharing_query"

    def get(self, out_order_no: str) -> None:
        transaction_id = self.get_query_argument("transaction_id", "")
        self.done(lambda: sharing_view(self.world.sharing.find(out_order_no, transaction_id)))


class Unfreeze(PayHandler):
    endpoint = "sharing_unfreeze"

    def post(self) -> None:
        body = self.checked_body()
        if body is not None and self.lawful(_UNFREEZE, body):
            self.done(lambda: sharing_view(self.world.sharing.unfreeze(body)))


class TakeBack(PayHandler):
    endpoint = "sharing_return"

    def post(self) -> None:
        body = self.checked_body()
        if body is not None and self.lawful(_RETURN, body):
            self.done(lambda: return_view(self.world.sharing.take_back(body)))


class QueryReturn(PayHandler):
    endpoint = "sharing_return_query"

    def get(self, out_return_no: str) -> None:
        out_order_no = self.get_query_argument("out_order_no", "")
        self.done(lambda: return_view(self.world.sharing.find_return(out_return_no, out_order_no)))


def sharing_view(row: Row) -> dict[str, Any]:
    """A request to share as answers show it."""
    return {
        "transaction_id": row["transaction_id"],
        "out_order_no": row["out_order_no"],
        "order_id": row["order_id"],
        "state": row["state"],
        "receivers": [{name: value for name, value in part.items() if name != "name"} for part in row["parts"]],
    }


def return_view(row: Row) -> dict[str, Any]:
    """A return as answers show it."""
    body = row["body"]
    shown = {
        "out_order_no": row["out_order_no"],
        "out_return_no": row["out_return_no"],
        "return_id": row["return_id"],
        "return_mchid": body["return_mchid"],
        "amount": body["amount"],
        "description": body["description"],
        "result": row["result"],
        "create_time": row["created_at"],
    }
    finished = {"fail_reason": row["fail_reason"], "finish_time": row["finished_at"]}
    return shown | {name: value for name, value in finished.items() if value}
