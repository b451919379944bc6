"""The page with the fault switches: which endpoint misbehaves, how, and how often."""

from html import escape
from typing import Any

from miniprogram_api.sandbox.faults import ENDPOINTS
from miniprogram_api.sandbox.pages import section
from miniprogram_api.sandbox.pages_money import FormPage, options

# How → what the switch is told.
_WAYS: dict[str, dict[str, Any]] = {
    "error": {"status": 500},
    "limited": {"status": 429, "errcode": "FREQUENCY_LIMITED"},
    "busy": {"errcode": -1},
    "token": {"errcode": 40001},
    "slow": {"delay_ms": 10_000},
    "drop": {"drop": True},
    "lost": {"drop": True, "phase": "after"},
    "forged": {"tamper": True},
}
_LABELS = {
    "error": "系统错误（HTTP 500）",
    "limited": "频率限制（429，微信支付）",
    "busy": "系统繁忙（errcode -1，微信）",
    "token": "access_token无效（40001，微信）",
    "slow": "慢 10 秒",
    "drop": "未处理就断开",
    "lost": "已处理但应答丢失",
    "forged": "应答签名无效（微信支付）",
}
_TIMES = {"1": "1 次", "3": "3 次", "10": "10 次", "": "直到关闭"}


class FaultPage(FormPage):
    """Throw a switch, see what is on, switch all off."""

    def get(self) -> None:
        on = self.world.faults.list()
        body = [
            '<p class="small"><a href="./">‹ 沙箱首页</a></p><h1>故障开关</h1>',
            section("生效中", [_switch(fault) for fault in on] + ([_ALL_OFF] if on else [])),
            section("新增", [_new()]),
        ]
        self.show("故障开关", "".join(body))

    def post(self) -> None:
        endpoint, way, times = self.field("endpoint"), self.field("way"), self.field("times")
        if self.field("action") == "clear":
            self.world.faults.clear()
        elif endpoint in ENDPOINTS and way in _WAYS and times in _TIMES:
            self.world.faults.add(endpoint, int(times) if times else None, **_WAYS[way])
        self.again()


def _new() -> str:
    endpoints = {name: f"{name}　{patterns[0]}" for name, patterns in ENDPOINTS.items()}
    fields = (
        options("endpoint", endpoints, "pay_jsapi", "接口"),
        options("way", _LABELS, "error", "故障"),
        options("times", _TIMES, "1", "次数"),
    )
    rows = "".join(f"<label>{field}</label>" for field in fields)
    return f'<form class="row stack" method="post">{rows}<button name="action" value="add">打开</button></form>'


_ALL_OFF = (
    '<form class="row" method="post"><label><span class="small">全部恢复正常</span></label>'
    '<button name="action" value="clear">全部关闭</button></form>'
)


def _switch(fault: dict[str, Any]) -> str:
    left = "直到关闭" if fault["left"] is None else f"还有 {fault['left']} 次"
    return (
        f'<div class="item line"><div><b>{escape(fault["endpoint"])}</b><div class="small">{escape(_said(fault))}</div>'
        f'</div><span class="small">{left}</span></div>'
    )


def _said(fault: dict[str, Any]) -> str:
    """What a switch does, also one that was thrown through the control API."""
    for name, told in _WAYS.items():
        if all(fault[key] == told.get(key, _AS_IT_IS[key]) for key in _AS_IT_IS):
            return _LABELS[name]
    parts = [f"{key}={value}" for key, value in fault.items() if key in _AS_IT_IS and value != _AS_IT_IS[key]]
    return " · ".join(parts)


_AS_IT_IS = {"errcode": None, "status": None, "delay_ms": 0, "phase": "before", "drop": False, "tamper": False}
