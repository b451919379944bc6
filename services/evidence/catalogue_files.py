"""The catalogue of evidence (证据目录) to take to court: as PDF, and as a table."""

import csv
import io
from dataclasses import dataclass

from schemas.api.base import CHINA
from schemas.api.evidence import EvidenceView
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.evidence.evidence import Evidence
from services.papers.papers import Papers
from services.permissions import Permission
from services.spaces.spaces import Spaces
from services.spreadsheets import cell

_HEAD = (
    "序号",
    "证据名称",
    "证据种类",
    "形成日期",
    "页数",
    "当事人",
    "证明目的",
    "提交人",
    "提交时间",
    "SHA-256",
    "原件",
)


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    content_type: str
    content: bytes


class CatalogueFiles:
    def __init__(self, evidence: Evidence, spaces: Spaces, papers: Papers, audit: Audit) -> None:
        self._evidence = evidence
        self._spaces = spaces
        self._papers = papers
        self._audit = audit

    async def csv(self, actor: Actor, space_id: str) -> CatalogueFile:
        """UTF-8 with a byte order mark, for spreadsheets. Raises ``space.not_found``, ``auth.forbidden``."""
        _, items = await self._items(actor, space_id)
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(_HEAD)
        writer.writerows([cell(value) for value in _row(item)] for item in items)
        return CatalogueFile("text/csv; charset=utf-8", b"\xef\xbb\xbf" + table.getvalue().encode())

    async def pdf(self, actor: Actor, space_id: str) -> CatalogueFile:
        """Raises as ``csv``; ``evidence.none`` for an empty one, ``server.unavailable``."""
        title, items = await self._items(actor, space_id)
        if not items:
            raise Problem("evidence.none")
        values = {"case": title, "items": items, "held": sum(item.original_held for item in items)}
        return CatalogueFile("application/pdf", await self._papers.pdf("evidence.html", values))

    async def _items(self, actor: Actor, space_id: str) -> tuple[str, list[EvidenceView]]:
        place = await self._spaces.access(actor, space_id, Permission.SPACE_EXPORT)
        found = await self._evidence.catalogue(actor, space_id)
        await self._audit.write(actor, "evidence.exported", f"space:{space_id}", count=len(found.items))
        return place.space["title"], found.items


def _row(item: EvidenceView) -> list[str]:
    return [
        str(item.number),
        item.name,
        item.kind_label,
        item.dated.isoformat() if item.dated else "",
        str(item.pages or ""),
        "、".join(item.parties),
        item.purpose,
        item.submitter_name,
        f"{item.submitted_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        item.hash,
        "已收存" if item.original_held else "",
    ]
