"""裁判文书：判决书、裁定书、调解书."""

import re
from collections.abc import Callable

from ocr.kinds import shapes, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_TITLE = r"(?:民事|刑事|行政|执行|刑事附带民事)?(?:判决书|裁定书|调解书|决定书)"
_ROLES = (
    "被告人?|被上诉人|被执行人|被申请人|被申诉人|被答辩人|原告人?|上诉人|申请执行人|再审申请人|申请人|申诉人|"
    "异议人|案外人|起诉人|公诉机关|申请保全人"
)
_AFTER = r"(?:暨(?:反诉|本诉)?(?:原告|被告|第三人))?[一二三四五1-9]?(?:\([^)]{1,20}\))?[一二三四五1-9]?[:,,;]?"
_PARTY = rf"(?P<role>{_ROLES}){_AFTER}(?P<name>{shapes.PARTY})[,,。(;]"
_END = (
    r"(?=(?:本案|[一二]审)?案件受理费|(?:诉讼|财产)?保全(?:申请)?费|申请费|公告费|鉴定费|执行费|如不服|如果未按|"
    r"如未按|申请执行人发现|审判长|审判员|执行员|"
    r"本裁定|本判决为|本判决自|本调解书|本决定|上述协议|$)"
)
_RESULT = r"(?:(?:判决|裁定|决定|裁决|调解|协议)如下|达成如下(?:调解|和解)?协议|如下(?:调解|和解)?协议):?(.+?)" + _END
_IN_A_TABLE = r"(?:判决|裁判|裁定|调解|处理)(?:结果|主文):?(.+?)" + _END


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "judgment")
    one, two = _parties(paper)
    one = one or shapes.party_in(form.best("plaintiff", shapes.begins_with_party))
    two = two or shapes.party_in(form.best("defendant", shapes.begins_with_party))
    plaintiff, defendant = (values.text(values.without_cause(seen)) for seen in (one, two))
    return values.kept(
        case_number=values.case_number(paper),
        court=values.court(paper),
        document_type=values.text(paper.flowing(_TITLE)),
        plaintiff=plaintiff,
        defendant=defendant,
        cause=values.text(form.best("cause", r"纠纷$|争议$|之诉$", rows=2))
        or values.cause(paper, re.escape(str(defendant.value)) if defendant else ""),
        result=values.sentence(paper.flowing(_RESULT, 1) or paper.flowing(_IN_A_TABLE, 1, heads=True)),
        issued_on=values.last_date(paper),
    )


def _parties(paper: Paper) -> tuple[Seen | None, Seen | None]:
    """The first of each side, as the rows say that begin with a role; else as the text says anywhere.

    The second side's role is another than the first's; one that begins with 被 is never the first side.
    """
    heads, anywhere = (
        [(role, seen) for role, seen in paper.flowing_all(_PARTY, heads) if shapes.is_party(seen.text)]
        for heads in (True, False)
    )
    first = _of_role(heads, _is_first) or _of_role(anywhere, _is_first)
    second = _of_role(heads, _is_second)
    if second is None and first is not None:  # 异议人 against 申请执行人
        second = _of_role(heads, lambda role: role != first[0])
    second = second or _of_role(anywhere, _is_second)
    return (first[1] if first else None), (second[1] if second else None)


def _of_role(found: list[tuple[str, Seen]], fits: Callable[[str], bool]) -> tuple[str, Seen] | None:
    return next((one for one in found if fits(one[0])), None)


def _is_first(role: str) -> bool:
    return not role.startswith("被")


def _is_second(role: str) -> bool:
    return role.startswith("被")


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
