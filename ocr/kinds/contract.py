"""合同."""

from ocr.checks import CAPITAL_AMOUNT
from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_ROLE = r"(?:\([^)]{1,12}\))?[:\s]*"
_PARTY = r"([\u4e00-\u9fffA-Za-z0-9()·]{2,40}?)(?=[\n,。;]|乙方|丙方|统一社会|身份证|法定代表|地址|住所|联系|$)"
_FIRST = "出租[方人]|买方|委托[方人]|发包[方人]|出卖[方人]|转让[方人]|贷款[方人]|出借[方人]|用人单位|供方|定作[方人]"
_SECOND = "承租[方人]|卖方|受托[方人]|承包[方人]|买受[方人]|受让[方人]|借款[方人]|劳动者|需方|承揽[方人]"
_MONEY = r"(?:金额|总价|价款|总价款|租金|报酬|服务费|费用|货款)[^。;]{0,20}?"
_TERM = rf"(?:期限|租期|有效期)[^。;]{{0,12}}?({values.DATE})起?[,,]?[至到—~-]+({values.DATE})"
_DISPUTE = r"争议[^。]{0,60}?((?:向|由|提交|提请)[^,。;]{2,40}?(?:提起诉讼|起诉|仲裁(?!委)|管辖|诉讼解决))"


def fields(paper: Paper) -> dict[str, Field]:
    signed = values.date_after(paper, r"签订日期", r"签署日期", r"签约日期", r"日期")
    return values.kept(
        title=_title(paper),
        party_a=_party(paper, "甲方", _FIRST),
        party_b=_party(paper, "乙方", _SECOND),
        subject=values.text(paper.flowing(r"(?:合同)?标的(?:物)?:?([^。;]{2,40})[。;]", 1)),
        amount_fen=values.amount(paper, _digits(paper), paper.flowing(CAPITAL_AMOUNT.pattern)),
        valid_from=values.date(paper.flowing(_TERM, 1)),
        valid_to=values.date(paper.flowing(_TERM, 2)),
        dispute_clause=values.text(paper.flowing(_DISPUTE, 1)),
        signed_on=signed or values.last_date(paper),
        signatures=_signatures(paper),
        page_count=_page_count(paper),
    )


def _party(paper: Paper, side: str, roles: str) -> Field | None:
    """Who stands after the side or a role, with a colon or in the next cell; 甲方将 in a clause names nobody."""
    remark = r"(?:\((?![签盖公印])[^)\n]{1,12}\))?"
    seen = (
        paper.search(rf"(?:^|\s)(?:[^\n:,。]{{0,14}}?\()?(?:以下简称)?\W?{side}\W?\)?{remark}[:\s]\s?" + _PARTY, 1)
        or paper.search(rf"(?:^|\s)(?:{roles}){remark}[:\s]\s?" + _PARTY, 1)
        or paper.search(rf"(?:{side}|{roles})" + _ROLE + _PARTY, 1)
    )
    return values.text(seen)


def _title(paper: Paper) -> Field | None:
    """The first row that ends as a contract's name does."""
    for row in paper.rows[:6]:
        seen = paper.seen(row.start, row.end)
        if seen is not None and 2 < len(seen.text) < 30 and seen.text.endswith(("合同", "合同书", "协议", "协议书")):
            return values.text(seen)
    return None


def _digits(paper: Paper) -> Seen | None:
    """An amount beside its word, else the first with a sign of yuan."""
    return (
        paper.flowing(_MONEY + rf"((?:{values.AMOUNT})万?)元", 1)
        or paper.flowing(r"(?<![0-9A-Za-z])(?:¥|Y(?=[\d,]+\.\d\d))(\d[\d,]*(?:\.\d{1,2})?)", 1)
        or paper.flowing(rf"人民币((?:{values.AMOUNT})万?)元", 1)
    )


def _signatures(paper: Paper) -> Field | None:
    """How many places for signing there are; whether a hand or a seal is in them is for a person to see."""
    places = paper.all(r"(?:签字|签名|盖章|签章)\)?[:\s]")
    return places[0].field(len(places), "handwritten") if places else None


def _page_count(paper: Paper) -> Field | None:
    seen = paper.search(r"共\s?(\d{1,3})\s?页", 1)
    if seen is None:
        return None
    return seen.field(int(seen.text), *([] if int(seen.text) == len(paper.pages) else ["mismatch"]))


KIND = Kind(
    "contract",
    {
        "合同": 1,
        "协议": 1,
        "甲方": 3,
        "乙方": 3,
        "签订": 1,
        "争议": 1,
        "违约": 1,
        "一式": 1,
        "盖章": 1,
        **dict.fromkeys(
            ("出租人", "承租人", "出卖人", "买受人", "转让方", "受让方", "发包人", "承包人", "用人单位", "劳动者"), 2
        ),
    },
    fields,
    heading=r".{0,20}(?:合同|协议)书?(?:\(.{1,8}\))?",
)
