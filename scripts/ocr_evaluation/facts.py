"""Made-up facts that hold together: people, companies, courts, numbers with sound check digits. From a seed, always
the same.

Every number is invented; check digits are computed so that validators see what they would see on a real paper.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文辉力波宁新宇浩然子轩欣怡雨泽梓涵思远佳琪俊"
    "凯晓东海燕国庆春梅志远嘉诚晨曦雅婷立恒家豪诗韵昊天书瑶景行博文若彤"
)
_PLACES = (
    ("110108", "北京市", "海淀区", "中关村大街", "京0108"),
    ("310115", "上海市", "浦东新区", "世纪大道", "沪0115"),
    ("440305", "广东省深圳市", "南山区", "科技园路", "粤0305"),
    ("330106", "浙江省杭州市", "西湖区", "文三路", "浙0106"),
    ("510107", "四川省成都市", "武侯区", "人民南路", "川0107"),
    ("420106", "湖北省武汉市", "武昌区", "中南路", "鄂0106"),
    ("320102", "江苏省南京市", "玄武区", "珠江路", "苏0102"),
    ("610113", "陕西省西安市", "雁塔区", "小寨东路", "陕0113"),
    ("370202", "山东省青岛市", "市南区", "香港中路", "鲁0202"),
    ("500112", "重庆市", "渝北区", "新南路", "渝0112"),
)
_TRADES = (
    "信息技术",
    "建筑工程",
    "餐饮管理",
    "商贸",
    "物流",
    "装饰设计",
    "机械设备",
    "文化传媒",
    "生物科技",
    "电子商务",
)
_BRANDS = (
    "恒远",
    "瑞丰",
    "华盛",
    "天成",
    "博雅",
    "金桥",
    "东方红",
    "新世纪",
    "宏达",
    "锦绣",
    "启明",
    "鼎盛",
    "海纳",
    "众合",
)
_BANKS = ("中国工商银行", "中国农业银行", "中国建设银行", "招商银行", "交通银行", "中国银行", "中信银行")
_CAUSES = (
    "民间借贷纠纷",
    "买卖合同纠纷",
    "房屋租赁合同纠纷",
    "劳动争议",
    "机动车交通事故责任纠纷",
    "离婚纠纷",
    "服务合同纠纷",
)
_FIRMS = ("正和", "德信", "明理", "公义", "中准", "天平", "衡正")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CAPITAL = "零壹贰叁肆伍陆柒捌玖"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    sex: str
    born: date
    id_number: str
    address: str


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    credit_code: str
    head: str
    address: str


class Facts:
    """What it draws from stands in attributes, so that another part can have names and places of its own."""

    surnames: Sequence[str] = _SURNAMES
    given: Sequence[str] = _GIVEN
    places: Sequence[tuple[str, ...]] = _PLACES
    trades: Sequence[str] = _TRADES
    brands: Sequence[str] = _BRANDS
    banks: Sequence[str] = _BANKS
    causes: Sequence[str] = _CAUSES
    firms: Sequence[str] = _FIRMS

    def __init__(self, seed: str) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - the same paper every time is the point

    def name(self) -> str:
        return self.rng.choice(self.surnames) + "".join(
            self.rng.choice(self.given) for _ in range(self.rng.choice((1, 2, 2)))
        )

    def person(self) -> Person:
        born = self.day(1955, 2005)
        place = self.rng.choice(self.places)
        sex = self.rng.choice("男女")
        order = self.rng.randrange(1, 499) * 2 + (1 if sex == "男" else 0)
        head = f"{place[0]}{born:%Y%m%d}{order:03d}"
        check = "10X98765432"[sum(int(d) * w for d, w in zip(head, _ID_WEIGHTS, strict=True)) % 11]
        return Person(self.name(), sex, born, head + check, self.address(place))

    def address(self, place: tuple[str, ...] | None = None) -> str:
        place = place or self.rng.choice(self.places)
        return (
            f"{place[1]}{place[2]}{place[3]}{self.number(1, 899)}号{self.number(1, 30)}号楼{self.number(101, 2804)}室"
        )

    def company(self) -> Company:
        place = self.rng.choice(self.places)
        name = self.company_name(place)
        head = "91" + place[0] + "MA" + "".join(self.rng.choice(_CREDIT) for _ in range(7))
        return Company(name, checked(head), self.name(), self.address(place))

    def company_name(self, place: tuple[str, ...]) -> str:
        city = place[1].split("省")[-1].removesuffix("市")
        return f"{city}{self.rng.choice(self.brands)}{self.rng.choice(self.trades)}有限公司"

    def firm(self) -> str:
        city = self.rng.choice(self.places)[1].split("省")[-1].removesuffix("市")
        return f"{city}{self.rng.choice(self.firms)}律师事务所"

    def court(self) -> tuple[str, str]:
        """Name, and the code that its case numbers bear."""
        place = self.rng.choice(self.places)
        return f"{place[1]}{place[2]}人民法院", place[4]

    def case_number(self, code: str, kind: str = "民初") -> str:
        return f"（{self.number(2022, 2026)}）{code}{kind}{self.number(101, 29999)}号"

    def bank(self) -> str:
        return self.rng.choice(self.banks)

    def cause(self) -> str:
        return self.rng.choice(self.causes)

    def card_number(self) -> str:
        head = "62" + "".join(str(self.rng.randrange(10)) for _ in range(self.rng.choice((14, 16))))
        digits = [int(d) for d in reversed(head)]
        total = sum(digits[1::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[::2])
        return head + str(-total % 10)

    def account(self) -> str:
        return "".join(str(self.rng.randrange(1, 10)) for _ in range(17))

    def digits(self, count: int) -> str:
        return "".join(str(self.rng.randrange(10)) for _ in range(count))

    def day(self, first: int, last: int) -> date:
        return date(first, 1, 1) + timedelta(days=self.rng.randrange((date(last, 12, 31) - date(first, 1, 1)).days))

    def after(self, day: date, most: int) -> date:
        return day + timedelta(days=self.rng.randrange(15, most))

    def number(self, low: int, high: int) -> int:
        return self.rng.randint(low, high)

    def yuan(self, low: int, high: int) -> int:
        """A round amount, mostly."""
        return self.rng.choice((self.number(low, high), self.number(low, high) // 100 * 100 or 100))


def checked(head: str) -> str:
    """Seventeen characters of a credit code with the eighteenth, which checks them (GB 32100)."""
    total = sum(_CREDIT.index(character) * pow(3, place, 31) for place, character in enumerate(head))
    return head + _CREDIT[-total % 31]


def han_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def written_day(day: date, nought: str = "〇") -> str:
    """As courts write it: 二〇二六年三月十一日; fonts of GB 2312 have no 〇, and papers set in them bear ○."""
    digits = f"{nought}一二三四五六七八九"
    return "".join(digits[int(d)] for d in str(day.year)) + f"年{_han(day.month)}月{_han(day.day)}日"


def _han(number: int) -> str:
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else digits[tens] + "十")
    return head + (digits[ones] if ones else "")


def capitals(fen: int) -> str:
    """伍万捌仟元整."""
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    text = _capital_whole(yuan) + "元"
    if not rest:
        return text + "整"
    if jiao:
        text += _CAPITAL[jiao] + "角"
    elif cents:
        text += "零"
    return text + (_CAPITAL[cents] + "分" if cents else "整")


def _capital_whole(number: int) -> str:
    if number == 0:
        return "零"
    text, gap = "", False
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, number = divmod(number, unit)
        if part == 0:
            gap = gap or bool(text)
            continue
        if text and (gap or part < 1000):
            text += "零"
        text += _capital_section(part) + name
        gap = False
    return text


def _capital_section(part: int) -> str:
    text, gap = "", False
    for unit, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit, part = divmod(part, unit)
        if digit == 0:
            gap = bool(text) and part > 0
            continue
        text += ("零" if gap else "") + _CAPITAL[digit] + name
        gap = False
    return text


def money(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"
