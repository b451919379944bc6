"""From what was read and confirmed to the entries of forms. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ocr import KINDS
from schemas.evidence_enums import EvidenceKind
from services.readings.suggesting import PARTIES, Entry

LABELS = {
    EvidenceKind.STATEMENT: "当事人陈述",
    EvidenceKind.DOCUMENT: "书证",
    EvidenceKind.OBJECT: "物证",
    EvidenceKind.AUDIOVISUAL: "视听资料",
    EvidenceKind.ELECTRONIC: "电子数据",
    EvidenceKind.TESTIMONY: "证人证言",
    EvidenceKind.EXPERT_OPINION: "鉴定意见",
    EvidenceKind.INSPECTION: "勘验笔录",
}
# In the order in which they say most about the paper's own day.
_DATES = ("signed_on", "issued_on", "paid_on", "delivered_on", "dated_on", "established_on")
MOST_PARTIES = 20
CASE_ENTRIES = tuple(
    Entry(name, (name,), as_text=name != "amount_fen", longest=60)
    for name in ("case_number", "court", "cause", "amount_fen", "firm")
)


def evidence_facts(kind: str | None, values: Mapping[str, Any], pages: int | None, file_name: str) -> dict[str, Any]:
    """An entry of the catalogue, as far as it can be told: name, kind, dated, pages, parties."""
    title = values.get("title") or (KINDS[kind] if kind and kind != "page" else "")
    parties = [str(values[name]) for name in PARTIES if values.get(name)]
    return {
        "name": str(title or file_name)[:100],
        "kind": evidence_kind(kind).value,
        "dated": next((day for name in _DATES if (day := real_day(values.get(name)))), None),
        "pages": pages or None,
        "parties": [party[:60] for party in dict.fromkeys(parties)][:MOST_PARTIES],
        "purpose": "",
    }


def evidence_kind(kind: str | None) -> EvidenceKind:
    """Conversations on phones are electronic data (最高人民法院关于民事诉讼证据的若干规定 14); papers are documents."""
    return EvidenceKind.ELECTRONIC if kind == "chat_screenshot" else EvidenceKind.DOCUMENT


def real_day(value: object) -> str | None:
    """``YYYY-MM-DD``, if it is one."""
    try:
        return date.fromisoformat(str(value)).isoformat() if value else None
    except ValueError:
        return None
