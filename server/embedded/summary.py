"""What a newcomer reads once everything runs."""

import json
from pathlib import Path
from typing import Any


def _join(items: list[str]) -> str:
    return "、".join(items)


def describe(url: str, sandbox_url: str, data: Path, demo_file: Path) -> str:
    """Where to look and who to sign in as, from the demo office's file."""
    demo: dict[str, Any] = json.loads(demo_file.read_text("utf-8"))
    clients = [f"{client['display_name']} {client['phone']}" for client in demo["clients"]]
    lines = [
        "",
        "案件空间已就绪 · Case Space is ready",
        f"  打开 Open      {url}  （手机大小的窗口 · in a window of phone size）",
        f"  沙箱 Sandbox   {sandbox_url}  （短信验证码、订阅消息、付款都在这里 · SMS codes, notices, payments）",
        "  登录 Sign in   登录页的“演示账号”可直接选人 · pick a person under “演示账号” on the sign-in page",
        f"    客户 clients {_join(clients)}",
        *(
            f"    {'/'.join(member['roles']):<12} {member['login']} / {member['password']}"
            + ("  （另需动态口令 · with one-time code）" if member.get("otp_secret") else "")
            for member in demo["staff"]
        ),
        f"  数据 Data      {data}  （日志 logs: {data / 'logs'}）",
        "  停止 Stop      Ctrl-C",
    ]
    return "\n".join(lines)
