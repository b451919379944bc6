"""Pages for people: what the sandbox received, and WeChat's cashier. Links are relative, for they get proxied."""

from html import escape
from typing import Any
from urllib.parse import urlsplit

from tornado.web import RequestHandler

from miniprogram_api.sandbox.jsapi import PARAMETERS, jsapi_fault
from miniprogram_api.sandbox.state import Row
from miniprogram_api.sandbox.till import TillError
from miniprogram_api.sandbox.web import World

_STYLE = """
*{box-sizing:border-box}
body{margin:0;background:#ededed;color:#191919;font:16px/1.5 -apple-system,"PingFang SC","Noto Sans CJK SC",sans-serif}
main{max-width:560px;margin:0 auto;padding:12px}
h1{font-size:18px;margin:8px 4px 12px}h2{font-size:14px;color:#666;font-weight:400;margin:20px 4px 6px}
.list{background:#fff;border-radius:8px;overflow:hidden}
.item{display:block;padding:12px 14px;border-top:1px solid #f0f0f0;color:inherit;text-decoration:none;
overflow-wrap:anywhere}
.item:first-child{border-top:0}
.line{display:flex;justify-content:space-between;gap:10px}
.line span{white-space:nowrap}
.small{font-size:13px;color:#666}
.ok{color:#07c160}.bad{color:#fa5151}
.note{background:#fff8e5;color:#8a6100;border-radius:8px;padding:8px 12px;font-size:13px}
.cashier{background:#fff;min-height:100vh}
.cashier main{display:flex;flex-direction:column;align-items:center;padding:28px 20px;min-height:100vh}
.cashier .what{margin-top:28px;color:#555;text-align:center;overflow-wrap:anywhere}
.cashier .sum{font-size:44px;font-weight:600;margin:6px 0 22px}
.cashier dl{width:100%;margin:0;border-top:1px solid #f0f0f0;padding-top:8px}
.cashier dl div{display:flex;justify-content:space-between;padding:8px 0;gap:16px}
.cashier dt{color:#666;white-space:nowrap}.cashier dd{margin:0;text-align:right;overflow-wrap:anywhere}
.cashier form{margin-top:auto;width:100%;padding-top:32px;text-align:center}
button,.button{display:block;width:100%;max-width:320px;margin:0 auto;border:0;border-radius:8px;padding:13px;
background:#07c160;color:#fff;font-size:18px;text-align:center;text-decoration:none}
.plain{background:#f2f2f2;color:#07c160;margin-top:14px}
a{color:#576b95}
form.row{display:flex;gap:8px;padding:10px 14px;border-top:1px solid #f0f0f0;align-items:center}
form.row:first-child{border-top:0}
form.row label{flex:1;min-width:0}
form.row input,form.row select{font:inherit;padding:6px 8px;border:1px solid #ddd;border-radius:6px;width:100%}
form.row button{width:auto;max-width:none;margin:0;padding:8px 14px;font-size:15px;white-space:nowrap}
form.stack{flex-direction:column;align-items:stretch}form.stack button{align-self:flex-end}
.list .links{display:flex;gap:10px;padding:12px 14px}
.list .links a{flex:1;background:#f2f2f2;border-radius:8px;padding:9px;text-align:center;color:#07c160;
text-decoration:none}
.mark{width:64px;height:64px;border-radius:50%;background:#07c160;color:#fff;font-size:36px;line-height:64px;text-align:center}
"""

WATCH_SECONDS = 2
STATES = {"NOTPAY": "待支付", "SUCCESS": "已支付", "CLOSED": "已关闭", "REFUND": "已退款"}
REFUND_STATES = {"SUCCESS": "已到账", "ABNORMAL": "退款异常", "CLOSED": "已关闭", "PROCESSING": "处理中"}


class Page(RequestHandler):
    """A page without scripts, cookies or anything from elsewhere."""

    def initialize(self, world: World) -> None:
        self.world = world

    def show(self, title: str, body: str, *, css_class: str = "", status: int = 200, again: int = 0) -> None:
        """``again``: seconds after which a browser loads it anew; 0 is never."""
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.finish(
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"{f'<meta http-equiv=refresh content={again}>' if again else ''}"
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
            f'<body class="{css_class}"><main>{body}</main></body></html>'
        )


class Index(Page):
    """What arrived and what was sent."""

    def get(self) -> None:
        world = self.world
        orders = list(reversed(world.till.orders()))[:30]
        messages = list(reversed(world.people.messages(None)))[:30]
        names = {template_id: name for name, template_id in world.credentials.template_ids.items()}
        log = list(reversed(world.journal.entries()))[:40]
        body = [
            "<h1>微信沙箱</h1>",
            '<p class="note">仅供开发与测试：这里扮演微信、微信支付和短信服务商。没有真实的钱和消息。</p>',
            section("操作", [_desk_item(world), _faults_item(world), _watch_item(self._watched())]),
            section("付款", [_order_item(world, order) for order in orders]),
            section("退款", [_refund_item(refund) for refund in reversed(world.till.refunds())]),
            section("订阅消息", [_message_item(row, names) for row in messages]),
            section("短信", [_sms_item(row) for row in list(reversed(world.people.sms(None)))[:30]]),
            section("用户", [_user_item(row) for row in world.people.all()]),
            section("最近的请求", [_log_item(entry) for entry in log]),
        ]
        self.show("微信沙箱", "".join(body), again=WATCH_SECONDS if self._watched() else 0)

    def _watched(self) -> bool:
        return self.get_query_argument("watch", "") == "1"


class PayPage(Page):
    """The cashier: shows an order, pays it, and goes back to where the payer came from.

    The parameters of wx.requestPayment may come in the query; then their signature must hold, as at WeChat.
    """

    def get(self, out_trade_no: str) -> None:
        order = self.world.till.find(out_trade_no)
        if order is None:
            self._message("订单不存在", "没有这个商户订单号。", 404)
        elif (fault := self._jsapi_fault(order)) is not None:
            self._message("无法支付", fault, 400)
        elif order["state"] == "NOTPAY":
            self.show("确认支付", _cashier(order), css_class="cashier")
        elif order["state"] == "CLOSED":
            self._message("订单已关闭", "请返回商家重新下单。", 200)
        else:
            self._paid(order)

    def post(self, out_trade_no: str) -> None:
        before = self.world.till.find(out_trade_no)
        if before is None or before["state"] != "NOTPAY" or self._jsapi_fault(before) is not None:
            # A second thumb on the button pays nothing and repeats no notice.
            self.get(out_trade_no)
            return
        try:
            order, _, _ = self.world.cashier.pay(out_trade_no)
        except TillError as error:
            self._message("支付失败", error.message, 409)
            return
        back = self._back()
        if back is None:
            self._paid(order)
            return
        self.redirect(back, status=303)

    def _jsapi_fault(self, order: Row) -> str | None:
        given = {name: self.get_query_argument(name, "") for name in PARAMETERS}
        return jsapi_fault(self.world.credentials, order, given) if any(given.values()) else None

    def _back(self) -> str | None:
        return safe_return(self.get_query_argument("return", ""), self.world.product_url)

    def _paid(self, order: Row) -> None:
        sum_ = yuan(order["body"]["amount"]["total"])
        self._result("支付成功", f'<div class="sum">{sum_}</div>')

    def _message(self, title: str, text: str, status: int) -> None:
        self._result(title, f'<p class="what">{escape(text)}</p>', mark="!", status=status)

    def _result(self, title: str, body: str, *, mark: str = "✓", status: int = 200) -> None:
        wanted = self._back()
        back, label = wanted or "../", "完成" if wanted else "沙箱首页"
        self.show(
            title,
            f'<div class="mark">{mark}</div><h1>{escape(title)}</h1>{body}'
            f'<a class="button plain" href="{escape(back)}">{label}</a>',
            css_class="cashier",
            status=status,
        )


def safe_return(value: str, product_url: str | None) -> str | None:
    """``value`` if it leads back to the product: a path of this origin, or a URL under ``product_url``'s origin.

    Anything else (another host, ``//host``, a backslash that browsers read as a slash) gives None.
    """
    if not value or "\\" in value or any(ord(character) < 33 for character in value):
        return None
    if value.startswith("/"):
        return None if value.startswith("//") else value
    if product_url is None:
        return None
    wanted, own = urlsplit(value), urlsplit(product_url)
    return value if (wanted.scheme, wanted.netloc) == (own.scheme, own.netloc) and wanted.scheme else None


def yuan(fen: int) -> str:
    """Fen as the payer reads it: ``¥299.00``."""
    return f"¥{fen // 100:,}.{fen % 100:02d}"


def _cashier(order: Row) -> str:
    body = order["body"]
    rows = {"收款方": f"商户 {body['mchid']}", "商户订单号": order["out_trade_no"], "付款方式": "零钱"}
    details = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in rows.items())
    # No action: the form goes to this page's own address, whichever way it was reached.
    return (
        f'<div class="small">微信支付 · 沙箱</div><div class="what">{escape(body["description"])}</div>'
        f'<div class="sum">{yuan(body["amount"]["total"])}</div><dl>{details}</dl>'
        '<form method="post"><button type="submit">确认支付</button></form>'
    )


def section(title: str, items: list[str]) -> str:
    """A headed list, or a line that says it is empty."""
    content = "".join(items) or '<div class="item small">还没有</div>'
    return f'<h2>{title}</h2><div class="list">{content}</div>'


def _desk_item(world: World) -> str:
    moved = "真实时间" if not world.clock.offset else "已拨动"
    return (
        '<a class="item" href="desk"><div class="line"><b>日期、账单、密钥、规则</b>'
        f'<span>{world.clock.today().isoformat()}</span></div><div class="small">{moved} · 点击打开</div></a>'
    )


def _faults_item(world: World) -> str:
    count = len(world.faults.list())
    state = f'<span class="bad">{count} 个生效中</span>' if count else "<span>无</span>"
    return (
        f'<a class="item" href="faults"><div class="line"><b>故障开关</b>{state}</div>'
        '<div class="small">让某个接口报错、变慢、丢失应答</div></a>'
    )


def _watch_item(watched: bool) -> str:
    href, label = ("./", "停止自动刷新") if watched else ("?watch=1", f"每{WATCH_SECONDS}秒自动刷新")
    return f'<a class="item" href="{href}"><div class="small">{label}</div></a>'


def _order_item(world: World, order: Row) -> str:
    notices = world.notifier.notices(order["out_trade_no"])
    attempts = [attempt for notice in notices for attempt in notice["attempts"]]
    good = sum(1 for attempt in attempts if attempt["ok"])
    number = escape(order["out_trade_no"])
    state = STATES.get(order["state"], order["state"])
    return (
        f'<a class="item" href="orders/{number}"><div class="line"><b>{escape(order["body"]["description"])}</b>'
        f"<span>{yuan(order['body']['amount']['total'])}</span></div>"
        f'<div class="line small"><div>{number}</div><span>{state} · 通知 {good}/{len(attempts)}</span></div></a>'
    )


def _refund_item(refund: Row) -> str:
    amount = yuan(refund["body"]["amount"]["refund"])
    state = REFUND_STATES.get(refund["status"], "处理中")
    return (
        f'<div class="item"><div class="line"><b>{escape(refund["body"].get("reason") or "退款")}</b>'
        f'<span>{amount}</span></div><div class="line small"><div>{escape(refund["out_refund_no"])}</div>'
        f"<span>{state}</span></div></div>"
    )


def _message_item(row: Row, names: dict[str, str]) -> str:
    fields = " · ".join(escape(str(value)) for value in row["data"].values())
    template_id = str(row["template_id"])
    name = escape(names.get(template_id, template_id))
    return (
        f'<div class="item"><div>{fields}</div><div class="line small"><div>{name} → {escape(row["openid"])}'
        f"</div><span>{_clock(row['sent_at'])}</span></div></div>"
    )


def _sms_item(row: Row) -> str:
    return (
        f'<div class="item"><div>{escape(row["text"])}</div><div class="line small">'
        f"<div>{escape(row['phone'])}</div><span>{_clock(row['sent_at'])}</span></div></div>"
    )


def _user_item(row: Row) -> str:
    name = escape(row["nickname"] or "（无昵称）")
    return (
        f'<div class="item"><div class="line"><b>{name}</b><span>{escape(row["phone"])}</span></div>'
        f'<div class="small">{escape(row["openid"])}</div></div>'
    )


def _log_item(entry: dict[str, Any]) -> str:
    tone = "ok" if entry["outcome"] == "ok" else "bad"
    checks = "，".join(f"{name}: {value}" for name, value in entry["checks"].items())
    arrow = "→ 商户" if entry["direction"] == "out" else "← 商户"
    return (
        f'<div class="item small"><div class="line"><div>{arrow} {escape(entry["endpoint"])}</div>'
        f'<span class="{tone}">{escape(str(entry["outcome"]))} · {entry["status"]} · {entry["ms"]} ms</span></div>'
        f"<div>{escape(entry['path'])}</div><div>{escape(checks)}</div></div>"
    )


def _clock(moment: str) -> str:
    return f"{moment[11:19]} UTC"
