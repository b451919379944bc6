"""What values look like: whether a text may be a name, an address or an amount, and the part of it that is. Pure."""

import re
from dataclasses import replace

from ocr.checks import DAY
from ocr.kinds.labels import is_label
from ocr.kinds.paper import Seen

DATE = (
    rf"(?:\d{{4}}\s?[年./-]\s?\d{{1,2}}\s?[月./-]\s?{DAY}\s?日?"
    r"|[一二三四五六七八九〇零○OoＯ0]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日?)"
)
AMOUNT = r"[¥Y]?\d{1,3}(?:[,,.]\d{3})+\.\d{2}(?!\d)|[¥Y]?\d{1,3}(?:[,,]\d{3})+(?:\.\d{1,2})?|[¥Y]?\d+(?:\.\d{1,2})?"
COURT = r"[\u4e00-\u9fff]{2,24}?(?:人民法院|海事法院|知识产权法院|互联网法院|铁路运输法院|金融法院)"
NAME = r"[\u4e00-\u9fff·]{2,15}"
# A person or a body. Brackets belong to the name of a body alone, （集团）有限公司: after a person they hold a remark.
PARTY = (
    r"[\u4e00-\u9fff·]{2,30}?(?:\([\u4e00-\u9fff]{2,8}\)[\u4e00-\u9fff]{0,16}(?:公司|银行|中心|企业|事务所|合作社|"
    r"医院|学校)"
    r"|\((?:有限合伙|普通合伙|特殊普通合伙|个体工商户)\))?"
)
PARTY_FIRST = rf"^({PARTY})(?=[,;。、(]|$)"
ORGANISATION = r"[\u4e00-\u9fffA-Za-z0-9()（）·&]{4,60}"


# Whole addresses and names of bodies, as they look where no label tells them.
ADDRESS = (
    r"[\u4e00-\u9fff]{2,12}?[省市区县州盟旗](?=.*(?:\d|"
    r"[一二三四五六七八九十]+组))[\u4e00-\u9fff\dA-Za-z()#-]{5,60}"
)
BODY = r"[\u4e00-\u9fff()]{3,30}(?:公司|厂|店|中心|经营部|商行|合作社|工作室|事务所|\((?:有限合伙|普通合伙)\))"
CAUSE = r"纠纷|争议|责任|之诉|案|罪|[\u4e00-\u9fff]{2}"
_PROSE = re.compile(
    r"人民币|现金|转账|^借款|^因|^[零壹贰叁肆伍陆柒捌玖拾佰仟]{2,}|应[于在当按]|一次性|负担|承担|[,。;!?、:]|\d{3}|必须|应当|可以|签名|盖章|^信息|"
    r"法定代表人|身份证|[号室楼证]$|证书$|^(?:开庭|无|元|日|原告|被告|律师)$"
)
ID_SHAPE = r"^\d{17}[\dXx]$"
_SUM = re.compile(
    rf"(?:[\u4e00-\u9fff()]{{0,8}}?:?)?(?:人民币|RMB|CNY)?(?:\(?小写\)?:?)?[¥Y]?:?((?:{AMOUNT})万?)(?:元|\(元\)|"
    rf"[整。;(]|,(?!\d)|$)"
)
_MOST_DIGITS = 10  # of yuan: what is longer is a number of something
_PERSON = re.compile(r"[\u4e00-\u9fff·]{2,15}")
_PLACE = re.compile(r"[省市区县州旗镇乡村街路道巷弄号室院楼幢栋组厦座园坊里]|@|\d")


def is_person(text: str) -> bool:
    """Whether a text may be a name and no more."""
    bare = text.strip(":;,.。")
    return _PERSON.fullmatch(bare) is not None and _PROSE.search(text) is None and not is_label(bare)


def is_party(text: str) -> bool:
    """A name of a person or a body; brackets only as bodies have them."""
    bare = text.strip(":;,.。、")
    return (
        not is_label(bare)
        and re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9()·&]{2,40}", bare) is not None
        and _PROSE.search(bare) is None
    )


def begins_with_party(text: str) -> bool:
    match = re.match(PARTY_FIRST, text)
    return match is not None and is_party(match[1])


def party_in(seen: Seen | None) -> Seen | None:
    """The name that a text begins with: what follows a comma or stands in brackets is said of it."""
    match = re.match(PARTY_FIRST, seen.text) if seen else None
    return replace(seen, text=match[1]) if seen and match else seen


def part_of(seen: Seen | None, pattern: str) -> Seen | None:
    """The first group of a pattern in a text, where it is there."""
    match = re.search(pattern, seen.text) if seen else None
    return only(seen, match[1]) if seen and match else None


def only(seen: Seen, part: str) -> Seen:
    """A text cut down to a part of it, where it was seen."""
    return replace(seen, text=part)


def is_address(text: str) -> bool:
    """A place, or an address of e-mail; no date, no telephone."""
    return len(text) >= 4 and _PLACE.search(text) is not None and re.fullmatch(rf"[\d-]+|{DATE}.*", text) is None


def is_amount(text: str) -> bool:
    match = digits_in(text)
    return match is not None and len(re.sub(r"\..*|\D", "", match[1])) <= _MOST_DIGITS


def digits_in(text: str) -> re.Match[str] | None:
    """A sum in digits that a text begins with, but for a word and a sign: ¥1,234.00, 人民币1234元, RMB1,234.00."""
    return _SUM.match(text.rstrip(")"))


def sum_in(seen: Seen | None) -> Seen | None:
    """As `seen`, with the digits alone."""
    match = digits_in(seen.text) if seen else None
    return replace(seen, text=match[1]) if seen and match else None
