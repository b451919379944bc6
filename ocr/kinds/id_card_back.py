"""居民身份证，国徽面."""

from ocr.kinds import values
from ocr.kinds.form import Form
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.readings import Field

_TERM = r"(\d{4}[./-]?\d{2}[./-]?\d{2})[-—~一至\s]+(\d{4}[./-]?\d{2}[./-]?\d{2}|长期)"


def fields(paper: Paper) -> dict[str, Field]:
    end = paper.search(_TERM, 2)
    return values.kept(
        issuing_authority=values.text(
            Form(paper, "id_card_back").best("issuing_authority", r"[局厅]$", rows=2)
            or paper.search(r"[\u4e00-\u9fff]{2,20}公安局(?:[\u4e00-\u9fff]{2,8}分局)?"),
            r"[\u4e00-\u9fff]+(?:局|分局|厅)",
        ),
        valid_from=values.date(paper.search(_TERM, 1)),
        valid_to=end.field("长期")
        if end and end.text == "长期"
        else _later(values.date(paper.search(_TERM, 1)), values.date(end)),
    )


def _later(start: Field | None, end: Field | None) -> Field | None:
    if start is None or end is None or str(end.value) > str(start.value):
        return end
    return None


KIND = Kind("id_card_back", {"居民身份证": 3, "签发机关": 3, "有效期限": 2, "中华人民共和国": 1}, fields)
