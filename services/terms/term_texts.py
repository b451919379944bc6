"""The texts of the terms: a title, the day from which they hold, sections. Pure.

They are files of the operator, or those that come with the product, which name the operator and how to reach it as
个人信息保护法 17 demands::

    # 隐私政策
    生效日期：2026-11-22

    ## 一、我们是谁
    A paragraph a line; empty lines are left out.

The version is the day and the beginning of the text's SHA-256, so a changed word is a new version whoever forgot to
change the day.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from schemas.enums import TermsKind
from services.verification.consent_texts import ConsentText

BUNDLED = Path(__file__).parent / "texts"
_DAY = re.compile(r"生效日期[:：]\s*(\d{4}-\d{2}-\d{2})")
_UNNAMED = {"operator": "本平台的运营者", "contact": "案件空间内的客服"}


class TermsTextError(ValueError):
    """The file is no text that anybody could agree to; says why."""


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermsText:
    kind: TermsKind
    title: str
    effective_on: date
    sections: tuple[Section, ...]

    @property
    def agreed(self) -> ConsentText:
        """As the ledger of consents keeps it."""
        lines = [line for section in self.sections for line in (section.heading, *section.paragraphs) if line]
        day = self.effective_on.isoformat()
        unversioned = ConsentText(day, self.title, (day, *lines))
        return ConsentText(f"{day}.{unversioned.sha256[:8]}", self.title, (f"生效日期：{day}", *lines))


def terms_text(kind: TermsKind, source: str, names: Mapping[str, str]) -> TermsText:
    """Raises TermsTextError without a title, a day or a paragraph. ``names``: ``operator`` and ``contact``."""
    for name, unnamed in _UNNAMED.items():
        source = source.replace(f"{{{name}}}", names.get(name) or unnamed)
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    if not lines or not lines[0].startswith("# "):
        raise TermsTextError("begins with its title: # 隐私政策")
    day = _DAY.fullmatch(lines[1]) if len(lines) > 1 else None
    if day is None:
        raise TermsTextError("names the day from which it holds in its second line: 生效日期：2026-11-22")
    sections = _sections(lines[2:])
    if not any(section.paragraphs for section in sections):
        raise TermsTextError("holds no paragraph")
    try:
        effective_on = date.fromisoformat(day[1])
    except ValueError:
        raise TermsTextError(f"{day[1]} is no day") from None
    return TermsText(kind, lines[0][2:].strip(), effective_on, sections)


def read_terms(kind: TermsKind, file: Path | None, names: Mapping[str, str]) -> TermsText:
    """The operator's file, or the text that comes with the product. Raises OSError, TermsTextError."""
    source = file if file is not None else BUNDLED / f"{kind.value}.md"
    return terms_text(kind, source.read_text("utf-8"), names)


def _sections(lines: list[str]) -> tuple[Section, ...]:
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("## "):
            found.append((line[3:].strip(), []))
        elif found:
            found[-1][1].append(line)
        else:
            found.append(("", [line]))
    return tuple(Section(heading, tuple(paragraphs)) for heading, paragraphs in found)
