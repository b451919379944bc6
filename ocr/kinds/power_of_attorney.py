"""授权委托书."""

from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field


def fields(paper: Paper) -> dict[str, Field]:
    return values.kept(
        principal=values.text(
            paper.search(r"(?<!受)(?<!受委)委\s?托\s?人(?:姓名|名称)?[:\s]+([\u4e00-\u9fff·()]{2,30})", 1)
        ),
        agent=values.text(
            paper.search(r"受\s?(?:委\s?)?托\s?人(?:姓名)?[:\s]+([\u4e00-\u9fff·]{2,4}?)(?=[,,\s(]|$)", 1), values.NAME
        ),
        firm=values.text(paper.flowing(r"(?:工作单位|[,,:]|单位)([\u4e00-\u9fff()]{2,20}律师事务所)", 1)),
        id_number=values.id_number(paper),
        cause=values.cause(paper),
        scope=values.text(paper.flowing(r"(?:权限|授权)[^。]{0,6}?((?:特别|一般)(?:授权|代理))", 1)),
        signed_on=values.last_date(paper),
    )


KIND = Kind(
    "power_of_attorney",
    {"授权委托书": 5, "委托人": 2, "受托人": 2, "受委托人": 2, "代理权限": 2, "委托权限": 2},
    fields,
)
