"""授权委托书."""

from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

# What follows a name, on its line or on the next.
_OF = r"[一二1-9]?(?:\([^()\n]{1,12}\))?[\s]?(?:姓\s?名|名\s?称)?[:\s]+"
_NAME_CELL = r"(?<![^\s])(?:姓\s?名|名\s?称|姓名或名称|姓名/名称)[\s:]+([\u4e00-\u9fff·()]{2,30})(?![^\s,])"
_END = r"(?=性别|职务|法定代表|身份证|公民身份|住所|住址|电话|[,;\s]|$)"


def _firm(paper: Paper, agent: Field | None) -> Field | None:
    """In a cell or a line of its own; else after whatever sets it apart in running text. Where the agent's name was not
    told from it, it may still begin with that name.
    """
    alone = paper.search(r"(?:^|[\s,:])([\u4e00-\u9fff()]{2,20}律师事务所)", 1)
    seen = alone or paper.flowing(r"(?:工作单位|[,,:]|单位)([\u4e00-\u9fff()]{2,20}律师事务所)", 1)
    return seen.field(None, "grammar") if seen is not None and agent is None else values.text(seen)


def _named(paper: Paper) -> tuple[Field | None, Field | None]:
    """Who gives the power and who takes it. A table has 姓名 or 名称 in the part of each, wherever 委托人 stands."""
    cells = paper.all(_NAME_CELL, 1)
    if len(cells) == 2:
        return values.text(cells[0]), values.text(cells[1], values.NAME)
    return (
        values.text(
            paper.search(r"(?<!受)(?<!受委)委\s?托\s?(?:人|单位|方)" + _OF + r"([\u4e00-\u9fff·()]{2,30}?)" + _END, 1)
        ),
        values.text(
            paper.search(
                r"(?:受\s?(?:委\s?)?托\s?人|委托代理人|\n代理人)"
                + _OF
                + r"([\u4e00-\u9fff·]{2,4}?)(?=[,,\s(]|性别|职务|$)",
                1,
            ),
            values.NAME,
        ),
    )


def fields(paper: Paper) -> dict[str, Field]:
    principal, agent = _named(paper)
    return values.kept(
        principal=principal,
        agent=agent,
        firm=_firm(paper, agent),
        id_number=values.id_number(paper),
        cause=values.cause(paper),
        scope=values.text(paper.flowing(r"(?:权限|授权)[^。]{0,6}?((?:特别|一般)(?:授权|代理))", 1)),
        signed_on=values.last_date(paper),
    )


KIND = Kind(
    "power_of_attorney",
    {"授权委托书": 5, "委托人": 1, "受托人": 2, "受委托人": 1, "代理权限": 2, "委托权限": 2},
    fields,
    heading=r"(?:诉讼)?授?权?委托书",
)
