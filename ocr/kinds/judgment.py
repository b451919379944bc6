"""裁判文书：判决书、裁定书、调解书."""

import re

from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_OTHER_ROLE = r"[一二三四1-9]?(?:\([^)]{1,12}\))?:?"
_TITLE = r"(?:民事|刑事|行政|执行|刑事附带民事)?(?:判决书|裁定书|调解书|决定书)"
_PLAINTIFF = rf"(?:原告人?|上诉人|申请执行人|申请人|再审申请人){_OTHER_ROLE}({values.PARTY})[,,。(]"
_DEFENDANT = rf"(?:被告人?|被上诉人|被执行人|被申请人){_OTHER_ROLE}({values.PARTY})[,,。(]"
_RESULT = (
    r"(?:(?:判决|裁定|决定|裁决|调解|协议)如下|达成如下(?:调解|和解)?协议|如下(?:调解|和解)?协议):?(.+?)"
    r"(?=(?:[一二]审)?案件受理费|如不服|如果未按|申请执行人发现|审判长|审判员|本裁定|本判决为|本调解书|上述协议|$)"
)


def fields(paper: Paper) -> dict[str, Field]:
    defendant = values.text(_party(paper, _DEFENDANT))
    return values.kept(
        case_number=values.case_number(paper),
        court=values.court(paper),
        document_type=values.text(paper.flowing(_TITLE)),
        plaintiff=values.text(_party(paper, _PLAINTIFF)),
        defendant=defendant,
        cause=values.cause(paper, re.escape(str(defendant.value)) if defendant else ""),
        result=values.sentence(paper.flowing(_RESULT, 1)),
        issued_on=values.last_date(paper),
    )


def _party(paper: Paper, pattern: str) -> Seen | None:
    """As the row says that begins with the role; else as the text says anywhere."""
    return paper.flowing(pattern, 1, heads=True) or paper.flowing(pattern, 1)


KIND = Kind(
    "judgment",
    {
        "判决书": 4,
        "裁定书": 4,
        "调解书": 4,
        "原告": 1,
        "被告": 1,
        "本院认为": 3,
        "判决如下": 3,
        "裁定如下": 3,
        "审判员": 1,
        "书记员": 1,
    },
    fields,
    heading=r"(?:民事|刑事|行政|执行)?.{0,6}(?:判决|裁定|调解|决定)书",
)
