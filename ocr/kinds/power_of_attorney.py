"""授权委托书."""

from ocr.kinds import shapes, sides, values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_MARK = r"(?:\(.{1,4}\)|[一二三1-3])?(?:信息|情况|资料)?"
_HEADS = {
    "principal": rf"(?:委托(?:人|单位|方)|授权人){_MARK}",
    "agent": rf"(?:受(?:委托|托)(?:人|方)|被委托人|被授权人|(?:委托|诉讼|委托诉讼)?代理人){_MARK}",
}
_AGENT = r"^([\u4e00-\u9fff·]{2,4}?)(?=[,;、(]|$|律师(?!事务所)|性别|职务)"
_FIRM = r"[\u4e00-\u9fff()]{2,24}律师事务所"
_IN_WORDS = r"(?:本人|我)([\u4e00-\u9fff·]{2,4}?)[,(因]"
_SCOPE = r"((?:特别|一般|全权|普通)(?:授权|代理))"


def fields(paper: Paper) -> dict[str, Field]:
    form = Form(paper, "power_of_attorney")
    named = {side: seen for side, (_, seen) in _in_parts(paper, form).items()}
    giver = (
        named.get("principal")
        or form.best("principal", shapes.begins_with_party, rows=2)
        or paper.flowing(_IN_WORDS, 1)
    )
    principal = values.text(shapes.party_in(giver))
    agent = values.text(_agent(named, form) or _named_in_words(paper), shapes.NAME)
    names = [str(field.value) if field else "" for field in (principal, agent)]
    return values.kept(
        principal=principal,
        agent=agent,
        firm=_firm(paper, form, agent),
        id_number=values.id_number_of(paper, names[:1], names[1:], form.best("id_number", shapes.ID_SHAPE, rows=2)),
        cause=values.text(form.best("cause", shapes.CAUSE, rows=2)) or values.cause(paper),
        scope=values.text(
            paper.flowing(r"(?:权限|授权|范围)[^。]{0,6}?" + _SCOPE, 1) or paper.flowing(_SCOPE + "(?!委托书)", 1)
        ),
        signed_on=values.last_date(paper),
    )


def _in_parts(paper: Paper, form: Form) -> dict[str, sides.Found]:
    """A table has 姓名 or 名称 in the part of each."""
    return sides.by_side(sides.labelled(form, "party", shapes.is_party, rows=2), paper, _HEADS)


def _agent(named: dict[str, Seen], form: Form) -> Seen | None:
    seen = named.get("agent") or form.best("agent", _AGENT)
    return shapes.part_of(seen, _AGENT)


def _named_in_words(paper: Paper) -> Seen | None:
    """现委托某律师事务所张三律师…"""
    return paper.flowing(rf"委托{_FIRM}(?:的|执业)?(?:律师)?([\u4e00-\u9fff]{{2,3}})(?=律师|担任|为|作为|[,、代])", 1)


def _firm(paper: Paper, form: Form, agent: Field | None) -> Field | None:
    """Beside its label, in a cell or a line of its own, else after whatever sets it apart in running text. Where the
    agent's name was not told from it, it may still begin with that name.
    """
    seen = (
        shapes.part_of(form.best("firm", _FIRM + "$", rows=2), f"({_FIRM})$")
        or paper.flowing(rf"委托({_FIRM})", 1)
        or paper.search(rf"(?:^|[\s,:;])({_FIRM})", 1)
        or paper.flowing(rf"(?:工作单位|[,,:]|单位|委托)({_FIRM})", 1)
    )
    return seen.field(None, "grammar") if seen is not None and agent is None else values.text(seen)


KIND = Kind(
    "power_of_attorney",
    {
        "授权委托书": 5,
        "委托书": 3,
        "委托人": 1,
        "受托人": 2,
        "受委托人": 1,
        "代理权限": 2,
        "委托权限": 2,
        "诉讼代理人": 1,
        "变更诉讼请求": 2,
    },
    fields,
    heading=r".{0,6}(?:诉讼|代理)?授?权?委托书(?:\(.{1,6}\))?",
)
