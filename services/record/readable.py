"""The record as a page to read and to print: ``messages.html`` of an evidence bundle. Pure.

One file without scripts; pictures and recordings are links into ``files/`` beside it. Whatever people wrote is
escaped. It shows what ``messages.jsonl`` holds, and says that the latter is what counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from schemas.api.base import CHINA
from schemas.documents.spaces import MemberDocument
from schemas.enums import MessageType
from services.amounts import yuan_on_paper
from services.record.rows import FileRow, FileState, Shown, Withheld
from services.record.styles import STYLE

ROLES = {
    "client": "当事人",
    "lawyer": "律师",
    "support": "客服",
    "reviewer": "审核",
    "presider": "主持人",
    "clerk": "书记员",
    "ops": "运营",
    "system": "系统",
}
STATES = {
    "paid": "已支付",
    "assigned": "待律师确认",
    "accepted": "律师已接单",
    "declined": "律师未接单",
    "delivered": "已交付",
    "confirmed": "当事人已确认",
    "reviewed": "已评价",
    "requested": "处理中",
    "refunded": "已退款",
    "failed": "未成功",
    "refunding": "退款中",
    "ended": "服务已结束",
}
_REASONS = {
    Withheld.RECALLED: "发送人已撤回，内容未披露",
    Withheld.HELD: "内容正在审核或经审核不予显示",
    Withheld.PURGED: "内容已清除",
    Withheld.UNREADABLE: "内容无法读取",
}
_PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")  # what every browser shows
_SOUNDS = ("audio/",)


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands above the record."""

    title: str
    space_id: str
    exported_at: datetime
    exported_for: str
    first_seq: int
    last_seq: int
    head: str
    members: list[MemberDocument]


def clock(moment: datetime, form: str = "%H:%M:%S") -> str:
    return moment.astimezone(CHINA).strftime(form)


def opening(cover: Cover) -> str:
    """Everything above the first entry."""
    people = "".join(
        f'<tr><td>{escape(member["display_name"])}<br><span class="code">{escape(member["user_id"])}</span></td>'
        f"<td>{escape(ROLES.get(member['role'], member['role']))}</td>"
        f"<td>{clock(member['joined_at'], '%Y-%m-%d %H:%M')}</td>"
        f"<td>{clock(member['left_at'], '%Y-%m-%d %H:%M') if 'left_at' in member else '—'}</td></tr>"
        for member in cover.members
    )
    facts = [
        ("案件空间", f'<span class="code">{escape(cover.space_id)}</span>'),
        ("导出时间", clock(cover.exported_at, "%Y年%m月%d日 %H:%M:%S") + "（北京时间）"),
        ("导出人", escape(cover.exported_for)),
        ("记录范围", _range(cover)),
        ("末条哈希", f'<span class="code">{escape(cover.head)}</span>'),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'; object-src 'none'; "
        "connect-src 'none'; frame-src 'none'; form-action 'none'; base-uri 'none'\">"
        f"<title>案件记录 {escape(cover.title)}</title><style>{STYLE}</style></head><body>"
        f'<header><p class="kind">案件空间记录（证据包）</p><h1>{escape(cover.title)}</h1><dl>{rows}</dl>'
        '<p class="note">本页供阅读与打印。每条记录右侧为序号与哈希值的前 12 位；完整数据在 messages.jsonl，'
        "原始文件在 files/。请按 README.txt 的说明用 verify.py 核验后使用。</p></header>"
        '<section><h2>成员</h2><div class="wide"><table><thead><tr><th>姓名与账号编号</th><th>身份</th><th>加入</th>'
        f"<th>退出</th></tr></thead><tbody>{people}</tbody></table></div></section><section><h2>记录</h2>"
    )


def _range(cover: Cover) -> str:
    if cover.last_seq == 0:
        return "尚无记录"
    whole = f"第 1 至 {cover.last_seq} 条"
    if cover.first_seq > 1:
        whole += f"；第 {cover.first_seq} 条之前不在导出人可见范围内，只列校验值"
    return whole


CLOSING = (
    "</section><footer><p>每条记录都包含前一条的哈希值，任何一处改动都会使其后全部记录核验失败。"
    "结尾由带签名的检查点固定。签名密钥由运营方持有，能证明运营方自己没有改写的，是成员手中的回执与第三方时间戳，"
    "详见 README.txt。</p></footer></body></html>\n"
)


class Timeline:
    """Writes entries one after the other; keeps the day that was written last, and the hidden ones before."""

    def __init__(self, names: Mapping[str, str], files: Mapping[str, FileRow]) -> None:
        self._names = names
        self._files = files
        self._day = ""
        self._hidden = 0

    def entry(self, shown: Shown) -> str:
        if shown.withheld is Withheld.BEFORE_FIRST_SEQ:
            self._hidden += 1
            return ""
        return self.flush_hidden() + self._new_day(shown) + self._article(shown)

    def flush_hidden(self) -> str:
        """The line for entries that came before what the member may see; "" when there were none."""
        count, self._hidden = self._hidden, 0
        return f'<p class="day hidden">第 1 至 {count} 条：不在导出人可见范围内</p>' if count else ""

    def _new_day(self, shown: Shown) -> str:
        day = clock(shown.entry["at"], "%Y年%m月%d日")
        if day == self._day:
            return ""
        self._day = day
        return f'<p class="day">{day}</p>'

    def _article(self, shown: Shown) -> str:
        entry = shown.entry
        seq, sender = entry["_id"]["seq"], entry["sender"]
        system = entry["role"] == "system"
        name = "系统" if system else self._names.get(sender, "已退出")
        role = "" if system else f'<span class="role">{escape(ROLES.get(entry["role"], entry["role"]))}</span>'
        quoted = f'<p class="quote">回复第 {entry["reply_to"]} 条</p>' if "reply_to" in entry else ""
        told = "、".join("@" + escape(self._names.get(user, "已退出")) for user in entry.get("mentions", ()))
        mentions = f'<p class="quote">提及 {told}</p>' if told else ""
        kind = "system" if system else escape(entry["role"])
        return (
            f'<article class="{kind}" id="m{seq}"><div class="who"><b>{escape(name)}</b>{role}'
            f"<time>{clock(entry['at'])}</time>"
            f'<span class="mark">#{seq} {entry["hash"].hex()[:12]}</span></div>'
            f"{quoted}{mentions}{self._content(shown)}</article>\n"
        )

    def _content(self, shown: Shown) -> str:
        if shown.withheld is not None:
            return f'<p class="gone">{_REASONS[shown.withheld]}</p>'
        body = dict(shown.body or {})
        kind = MessageType(shown.entry["type"])
        if kind in (MessageType.IMAGE, MessageType.VOICE, MessageType.FILE):
            return self._file(kind, body)
        return _PLAIN[kind](body)

    def _file(self, kind: MessageType, body: Mapping[str, Any]) -> str:
        file = self._files.get(str(body.get("file_id")))
        if file is not None and file.state is FileState.MASKED and file.preview is not None:
            return _masked(file)
        if file is None or file.path is None or file.state is not FileState.INCLUDED:
            name = file.name if file is not None and file.name else "文件"
            return f'<p class="gone">{escape(name)}：文件内容不在包内</p>'
        link, content_type = escape(file.path), file.content_type or ""
        caption = (
            f'<p class="file"><a href="{link}">{escape(file.name or "文件")}</a>　{_size(file.size or 0)}'
            f'<br><span class="code">SHA-256 {escape(file.sha256)}</span></p>'
        )
        if file.preview is not None:
            shown = escape(file.preview)
            told = f'<p class="file">上图是供阅读的<a href="{shown}">JPEG 副本</a>，以原始文件为准</p>'
            return f'<a href="{shown}"><img src="{shown}" alt="{escape(file.name or "")}"></a>{caption}{told}'
        if content_type.startswith(_PICTURES):
            return f'<a href="{link}"><img src="{link}" alt="{escape(file.name or "")}"></a>{caption}'
        if content_type.startswith(_SOUNDS):
            seconds = round(int(body.get("duration_ms") or 0) / 1000)
            length = f"（{seconds} 秒）" if seconds else ""
            spoken = "语音" if kind is MessageType.VOICE else "录音"
            return f'<p>{spoken}{length}</p><audio controls preload="none" src="{link}"></audio>{caption}'
        return caption


def _masked(file: FileRow) -> str:
    shown, name = escape(str(file.preview)), escape(file.name or "证件")
    code = f'<span class="code">SHA-256 {escape(file.sha256)}</span>'
    told = f'<p class="file">{name}：证件已遮盖，本包不含原件<br>{code}</p>'
    if not shown.endswith(".jpg"):
        return f'<p class="file"><a href="{shown}">{name}（已遮盖）</a></p>{told}'
    return f'<a href="{shown}"><img src="{shown}" alt="{name}（已遮盖）"></a>{told}'


def _size(count: int) -> str:
    if count < 1024:
        return f"{count} 字节"
    return f"{count / 1024:.1f} KB" if count < 1 << 20 else f"{count / (1 << 20):.1f} MB"


def _text(body: Mapping[str, Any]) -> str:
    return f'<p class="text">{escape(str(body.get("text", "")))}</p>'


def _location(body: Mapping[str, Any]) -> str:
    place = " ".join(part for part in (str(body.get("name", "")), str(body.get("address", ""))) if part)
    return f"<p>位置：{escape(place)}（纬度 {body.get('latitude')}，经度 {body.get('longitude')}，GCJ-02）</p>"


def _contact(body: Mapping[str, Any]) -> str:
    return f"<p>名片：{escape(str(body.get('display_name', '')))}</p>"


def _card(body: Mapping[str, Any]) -> str:
    amount = body.get("amount_fen")
    money = f'<span class="money">¥{yuan_on_paper(amount)}</span>' if isinstance(amount, int) else ""
    text = f'<p class="text">{escape(str(body["text"]))}</p>' if body.get("text") else ""
    return f'<div class="card"><p><b>{escape(str(body.get("title", "")))}</b>　{_state(body)}{money}</p>{text}</div>'


def _update(body: Mapping[str, Any]) -> str:
    text = f"：{escape(str(body['text']))}" if body.get("text") else ""
    return f"<p>第 {body.get('seq')} 条的状态变为“{_state(body)}”{text}</p>"


def _state(body: Mapping[str, Any]) -> str:
    state = str(body.get("state", ""))
    return escape(STATES.get(state, state))


def _recall(body: Mapping[str, Any]) -> str:
    return f"<p>撤回了第 {body.get('seq')} 条</p>"


_PLAIN = {
    MessageType.TEXT: _text,
    MessageType.NOTICE: _text,
    MessageType.LOCATION: _location,
    MessageType.CONTACT: _contact,
    MessageType.CARD: _card,
    MessageType.CARD_UPDATE: _update,
    MessageType.RECALL: _recall,
}
