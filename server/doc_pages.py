"""Readable pages of the generated descriptions: plain HTML, no script, so they open anywhere."""

from html import escape
from typing import Any

from handlers.problems import status_of
from schemas.problems import PROBLEMS

_STYLE = """
body{font:15px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;color:#1f2329}
h1{font-size:1.5rem}h2{margin-top:2.2rem;border-bottom:1px solid #ddd}h3{margin:1.4rem 0 .2rem}
code{background:#f2f3f5;padding:.1em .35em;border-radius:4px}table{border-collapse:collapse;width:100%}
@media(max-width:40rem){table{display:block;overflow-x:auto}}
code,p,h3,td{overflow-wrap:anywhere}td{min-width:5rem}
td,th{border-bottom:1px solid #e5e6eb;padding:.35rem .5rem;text-align:left;vertical-align:top}
.verb{display:inline-block;min-width:4.2em;font-weight:600;color:#07c160}.muted{color:#646a73}
"""


def _page(title: str, body: str) -> bytes:
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>"
        '<p class="muted"><a href="/docs/http">HTTP</a> · <a href="/docs/events">Socket.IO</a> · '
        '<a href="/docs/problems">Errors</a> · <a href="/openapi.json">openapi.json</a> · '
        f'<a href="/asyncapi.json">asyncapi.json</a></p>{body}</html>'
    ).encode()


def http_page(document: dict[str, Any]) -> bytes:
    """The HTTP interface, grouped by resource."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            by_tag.setdefault(operation["tags"][0], []).append(_operation(verb, path, operation))
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(rows)}" for tag, rows in sorted(by_tag.items()))
    return _page("Case Space 案件空间 · HTTP", body)


def _operation(verb: str, path: str, operation: dict[str, Any]) -> str:
    answers = "".join(
        f"<tr><td>{escape(status)}</td><td>{_reference(answer)} {escape(answer['description'])}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    body = operation.get("requestBody")
    asked = f"<p>Body: {_reference(body)}</p>" if body else ""
    return (
        f'<h3><span class="verb">{verb.upper()}</span> <code>{escape(path)}</code></h3>'
        f"<p>{escape(operation['summary'])} <span class='muted'>({escape(operation['x-allow'])})</span></p>"
        f"{asked}<table>{answers}</table>"
    )


def _reference(part: dict[str, Any]) -> str:
    for content in part.get("content", {}).values():
        return f"<code>{escape(content['schema'].get('$ref', '').rsplit('/', 1)[-1])}</code>"
    return ""


def events_page(document: dict[str, Any]) -> bytes:
    """The Socket.IO events, both ways."""
    rows = {"client": "", "server": ""}
    for key, message in document["channels"]["socket"]["messages"].items():
        side = "server" if key.startswith("server_") else "client"
        shape = message["payload"].get("$ref", "").rsplit("/", 1)[-1] or ", ".join(
            message["payload"].get("properties", {})
        )
        rows[side] += (
            f"<tr><td><code>{escape(message['name'])}</code></td><td><code>{escape(shape)}</code></td>"
            f"<td>{escape(message['summary'])}</td></tr>"
        )
    body = (
        f"<p>{escape(document['info']['description'])}</p>"
        f"<h2>Client → server</h2><table>{rows['client']}</table>"
        f"<h2>Server → client</h2><table>{rows['server']}</table>"
    )
    return _page("Case Space 案件空间 · Socket.IO", body)


def problems_page() -> bytes:
    """Every stable error code."""
    rows = "".join(
        f'<tr id="{escape(p.code)}"><td><code>{escape(p.code)}</code></td><td>{status_of(p)}</td><td>{p.errcode}</td>'
        f"<td>{escape(p.title)}</td><td>{'retry' if p.retryable else ''}</td></tr>"
        for p in PROBLEMS.values()
    )
    head = "<tr><th>code</th><th>HTTP</th><th>errcode</th><th>text</th><th></th></tr>"
    return _page("Case Space 案件空间 · Errors", f"<table>{head}{rows}</table>")
