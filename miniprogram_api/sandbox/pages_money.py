"""Pages to watch and steer money: one payment with everything that hangs on it, and the vendor's desk."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from html import escape
from typing import Any

from miniprogram_api.sandbox.funds import funds_of
from miniprogram_api.sandbox.pages import REFUND_STATES, STATES, Page, section, yuan
from miniprogram_api.sandbox.state import Row
from miniprogram_api.sandbox.tampers import TAMPERS
from miniprogram_api.sandbox.till import REFUND_GAP, TillError

_FUNDS = {
    "none": "未支付",
    "frozen_shipping": "冻结：等待发货并确认收货",
    "frozen_sharing": "冻结：等待分账或解冻",
    "available": "可用",
}
_SIGNING = {"both": "证书与公钥轮流", "certificate": "只用平台证书", "public_key": "只用微信支付公钥"}
_ENDS = {"SUCCESS": "退款：成功", "ABNORMAL": "退款：异常（用户账户无法收款）", "CLOSED": "退款：关闭"}


class FormPage(Page):
    """A page whose forms post to itself and come back to it."""

    def again(self, note: str = "") -> None:
        """Show the page anew after a change; the address is relative, for the page may be proxied."""
        self.set_status(303)
        self.set_header("Location", self.request.path.rsplit("/", 1)[-1] + (f"?note={note}" if note else ""))
        self.finish()

    def field(self, name: str) -> str:
        return self.get_body_argument(name, "").strip()


class OrderPage(FormPage):
    """One payment: pay, refund as from the merchant's console, repeat the notice, confirm the receipt."""

    def get(self, out_trade_no: str) -> None:
        order = self.world.till.find(out_trade_no)
        if order is None:
            self.show("订单不存在", "<h1>没有这个订单</h1>", status=404)
            return
        refunds = self.world.till.refunds(out_trade_no)
        body = [
            '<p class="small"><a href="../">‹ 沙箱首页</a></p>',
            f"<h1>{escape(order['body']['description'])}</h1>",
            self._note(),
            section("订单", self._facts(order)),
            section("操作", self._actions(order)),
            section("通知", [_attempt(n, a) for n in self._notices(order) for a in n["attempts"]]),
            section("退款", [_refund(row) for row in refunds]),
        ]
        self.show("订单", "".join(body))

    async def post(self, out_trade_no: str) -> None:
        order = self.world.till.find(out_trade_no)
        action = self.field("action")
        if order is None or action not in ("repeat", "refund", "receipt"):
            self.again("unknown")
            return
        try:
            await self._act(order, action)
        except (TillError, ValueError) as error:
            self._refused(error)
            return
        self.again()

    async def _act(self, order: Row, action: str) -> None:
        number = order["out_trade_no"]
        if action == "repeat" and order["transaction_id"]:
            tamper = self.field("tamper")
            self.world.cashier.pay(number, tamper=tamper if tamper in TAMPERS else None)
        elif action == "receipt":
            await self.world.delivery.confirm(number)
        elif action == "refund":
            total = order["body"]["amount"]["total"]
            body = {
                "out_trade_no": number,
                "out_refund_no": f"console{secrets.token_hex(8)}",
                "reason": "商户平台人工退款",
                "amount": {"refund": fen_of(self.field("yuan")), "total": total, "currency": "CNY"},
            }
            refund, _ = self.world.till.refund(body)
            self.world.cashier.complete_later(refund)

    def _refused(self, error: Exception) -> None:
        text = error.message if isinstance(error, TillError) else "金额应形如 12.30"
        self.show("未执行", f'<h1>未执行</h1><p class="note">{escape(text)}</p><p><a href="">返回</a></p>', status=409)

    def _note(self) -> str:
        return '<p class="note">没有执行：未知的操作。</p>' if self.get_query_argument("note", "") else ""

    def _facts(self, order: Row) -> list[str]:
        shipping = self.world.delivery.find(order["out_trade_no"])
        facts = {
            "商户订单号": order["out_trade_no"],
            "金额": yuan(order["body"]["amount"]["total"]),
            "状态": STATES.get(order["state"], order["state"]),
            "微信订单号": order["transaction_id"] or "—",
            "资金": _FUNDS[funds_of(self.world.state, self.world.sharing, order)],
            "待分账": yuan(self.world.sharing.unsplit(order)),
        }
        if shipping is not None:
            facts["发货信息"] = shipping["description"] or "尚未上传"
        return [_fact(name, value) for name, value in facts.items()]

    def _actions(self, order: Row) -> list[str]:
        number = escape(order["out_trade_no"])
        if order["state"] == "NOTPAY":
            return [f'<div class="links"><a href="../pay/{number}">去支付</a></div>']
        if order["transaction_id"] is None:
            return []
        rest = order["body"]["amount"]["total"] - sum(
            row["body"]["amount"]["refund"]
            for row in self.world.till.refunds(order["out_trade_no"])
            if row["status"] != "CLOSED"
        )
        tampers = {"": "原样", **TAMPERS}
        actions = [_form("repeat", options("tamper", tampers, "", "通知内容"), "重发通知", raw=True)]
        if rest > 0:
            label = (
                f'<input name="yuan" value="{rest // 100}.{rest % 100:02d}" inputmode="decimal" aria-label="退款金额">'
            )
            actions.append(_form("refund", label, "退款（元）", raw=True))
        shipping = self.world.delivery.find(order["out_trade_no"])
        if shipping is not None and shipping["uploaded_at"] and shipping["settled_at"] is None:
            actions.append(_form("receipt", "用户确认收到服务，资金解冻", "确认收货"))
        return actions

    def _notices(self, order: Row) -> list[Row]:
        found = self.world.notifier.notices(order["out_trade_no"])
        for refund in self.world.till.refunds(order["out_trade_no"]):
            found += self.world.notifier.notices(refund["out_refund_no"])
        return found


class Desk(FormPage):
    """The vendor's desk: the day, bills, keys, rules."""

    def get(self) -> None:
        world = self.world
        today = world.clock.today()
        yesterday = (today - timedelta(days=1)).isoformat()
        body = [
            '<p class="small"><a href="./">‹ 沙箱首页</a></p><h1>微信一侧的操作台</h1>',
            section(
                "日期（只影响账单、分账期限等业务时间）",
                [
                    _fact("现在", world.clock.text().replace("T", " ")[:16] + " 北京时间"),
                    _form("morning", "账单每天10点后可下载", "拨到次日10点"),
                    _form("realtime", "业务时间与真实时间一致", "恢复"),
                ],
            ),
            section(f"昨日（{yesterday}）账单", [self._bill_links(yesterday)]),
            section(
                "签名密钥",
                [
                    _fact("平台证书", world.keyring.active_serial[-12:]),
                    _choice("sign", _SIGNING, world.keyring.sign_with),
                    _form("announce", f"共 {len(world.keyring.serials) - 1} 张证书可下载", "公布新证书"),
                    _form("switch", "从现在起用最新证书签名", "切换"),
                ],
            ),
            section(
                "规则",
                [
                    _form(
                        "rules", "交易规则：" + ("开（发货前冻结资金）" if world.till.trading_rules else "关"), "切换"
                    ),
                    _choice("ends", _ENDS, world.cashier.refunds_end),
                    _form(
                        "gap",
                        "同一付款两次退款的间隔："
                        + (f"{world.till.refund_gap:g} 秒" if world.till.refund_gap else "不限"),
                        "切换",
                    ),
                ],
            ),
        ]
        self.show("操作台", "".join(body))

    async def post(self) -> None:
        action, value = self.field("action"), self.field("value")
        if not self._clock(action):
            self._switch(action, value)
        await self.world.delivery.settle_due()
        self.again()

    def _clock(self, action: str) -> bool:
        if action == "morning":
            self.world.clock.next_morning()
        elif action == "realtime":
            self.world.clock.set(None)
        return action in ("morning", "realtime")

    def _switch(self, action: str, value: str) -> None:
        world = self.world
        if action == "sign" and value in _SIGNING:
            world.keyring.sign_with = value
        elif action == "announce":
            world.keyring.announce()
        elif action == "switch":
            world.keyring.switch()
        elif action == "rules":
            world.till.trading_rules = not world.till.trading_rules
        elif action == "gap":
            world.till.refund_gap = 0.0 if world.till.refund_gap else REFUND_GAP
        elif action == "ends" and value in _ENDS:
            world.cashier.refunds_end = value

    def _bill_links(self, day: str) -> str:
        return (
            f'<div class="links"><a href="bills/trade?day={day}" download="trade-{day}.csv">交易账单</a>'
            f'<a href="bills/fund?day={day}" download="fund-{day}.csv">资金账单</a></div>'
        )


def fen_of(text: str) -> int:
    """``12.30`` → 1230. Raises ``ValueError`` for anything else."""
    whole, dot, part = text.partition(".")
    digits = whole + part.ljust(2, "0")
    if not (digits.isascii() and digits.isdigit() and whole and len(part) <= 2 and (part or not dot)):
        raise ValueError("not an amount in yuan")
    return int(digits)


def _fact(name: str, value: str) -> str:
    return f'<div class="item line"><div class="small">{name}</div><div>{escape(value)}</div></div>'


def _form(action: str, label: str, button: str, *, raw: bool = False) -> str:
    shown = label if raw else f'<span class="small">{escape(label)}</span>'
    return (
        f'<form class="row" method="post"><label>{shown}</label>'
        f'<button name="action" value="{action}">{escape(button)}</button></form>'
    )


def options(name: str, labels: Mapping[str, str], chosen: str, title: str) -> str:
    """A drop-down field."""
    rows = "".join(
        f'<option value="{value}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in labels.items()
    )
    return f'<select name="{name}" aria-label="{title}">{rows}</select>'


def _choice(action: str, labels: dict[str, str], chosen: str) -> str:
    return _form(action, options("value", labels, chosen, action), "应用", raw=True)


def _attempt(notice: Row, attempt: dict[str, Any]) -> str:
    tone, kind = ("ok" if attempt["ok"] else "bad"), {"payment": "支付", "refund": "退款"}.get(notice["kind"], "其他")
    tampered = f" · {escape(TAMPERS[notice['tamper']])}" if notice["tamper"] else ""
    return (
        f'<div class="item line small"><div>{kind}通知{tampered}</div>'
        f'<span class="{tone}">{attempt["status"] or "无应答"} · {attempt["ms"]} ms</span></div>'
    )


def _refund(row: Row) -> str:
    state = REFUND_STATES.get(row["status"], row["status"])
    return (
        f'<div class="item"><div class="line"><b>{escape(row["body"].get("reason") or "退款")}</b>'
        f"<span>{yuan(row['body']['amount']['refund'])}</span></div>"
        f'<div class="line small"><div>{escape(row["out_refund_no"])}</div><span>{state}</span></div></div>'
    )
