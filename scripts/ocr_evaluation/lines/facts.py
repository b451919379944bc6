"""What made-up papers say: people, bodies and places of all parts, and the ways to write days, hours and amounts."""

from datetime import date

from ocr_evaluation.facts import Company, Facts, capitals, han_day, money, written_day
from ocr_evaluation.fourth_facts import FourthFacts
from ocr_evaluation.other_facts import OtherFacts

_FURTHER_CAUSES = (
    "金融借款合同纠纷",
    "信用卡纠纷",
    "保证合同纠纷",
    "继承纠纷",
    "名誉权纠纷",
    "股东出资纠纷",
    "生命权纠纷",
    "返还原物纠纷",
    "不当得利纠纷",
    "劳务合同纠纷",
    "房屋租赁合同纠纷",
    "著作权权属、侵权纠纷",
    "财产损害赔偿纠纷",
    "提供劳务者受害责任纠纷",
    "保险纠纷",
    "建设工程分包合同纠纷",
    "商品房销售合同纠纷",
    "赡养费纠纷",
)
_HAN = "零一二三四五六七八九十"


class LineFacts(FourthFacts):
    surnames = (*Facts.surnames, *OtherFacts.surnames, *FourthFacts.surnames)
    given = "".join((*Facts.given, *OtherFacts.given, *FourthFacts.given))
    places = (*Facts.places, *OtherFacts.places, *FourthFacts.places)
    trades = (*Facts.trades, *OtherFacts.trades, *FourthFacts.trades)
    brands = (*Facts.brands, *OtherFacts.brands, *FourthFacts.brands)
    banks = (*Facts.banks, *OtherFacts.banks, *FourthFacts.banks)
    causes = (*Facts.causes, *OtherFacts.causes, *FourthFacts.causes, *_FURTHER_CAUSES)
    firms = (*Facts.firms, *OtherFacts.firms, *FourthFacts.firms)

    def pick(self, *words: str) -> str:
        """One of them; a word may hold several, apart by ``|``."""
        return self.rng.choice([one for word in words for one in word.split("|")])

    def chance(self, part: float) -> bool:
        return self.rng.random() < part

    def company_name(self, place: tuple[str, ...]) -> str:
        city = place[1].split("省")[-1].split("自治区")[-1].removesuffix("市")
        city = city or place[2].removesuffix("市")
        tail = self.pick(
            "有限公司|有限公司|有限公司|有限责任公司|股份有限公司|（集团）有限公司|厂|经营部|中心（有限合伙）"
        )
        return f"{city}{self.rng.choice(self.brands)}{self.rng.choice(self.trades)}{tail}"

    def party(self) -> tuple[str, bool, Company]:
        """A name, whether it is a body, and the body if it is one."""
        company = self.company()
        return (company.name, True, company) if self.chance(0.4) else (self.name(), False, company)

    def firm(self) -> str:
        tail = self.pick("||||（深圳）|（上海）")
        return super().firm().replace("律师事务所", f"{tail}律师事务所")

    def day_written(self, day: date) -> str:
        """In any of the usual ways."""
        ways = (
            han_day(day),
            han_day(day),
            f"{day.year}年{day.month:02d}月{day.day:02d}日",
            f"{day:%Y-%m-%d}",
            f"{day:%Y/%m/%d}",
            f"{day.year}.{day.month}.{day.day}",
            written_day(day),
        )
        return self.rng.choice(ways)

    def day_of_court(self, day: date) -> str:
        return self.rng.choice((han_day(day), written_day(day), written_day(day, "○"), written_day(day, "零")))

    def hour(self) -> tuple[str, str]:
        """As written behind a day, and as HH:MM."""
        hour, minute = self.number(8, 17), self.rng.choice((0, 0, 15, 30, 30, 45, 10))
        late = "下午" if hour > 12 else "上午"
        twelve = hour - 12 if hour > 12 else hour
        spoken = f"{_spoken(twelve)}时" + (f"{_spoken(minute)}分" if minute else "")
        ways = [
            f"{late}{twelve}时{minute:02d}分" if minute else f"{late}{twelve}时",
            f"{late}{twelve}:{minute:02d}",
            f" {hour:02d}:{minute:02d}",
            f"{hour}时{minute:02d}分",
            f" {late}{hour:02d}:{minute:02d}",
            f"{late}{twelve}点{minute}分" if minute else f"{late}{twelve}点",
            f"{late}{spoken}",
            f" {hour:02d}:{minute:02d}:00",
        ]
        if minute == 30:
            ways.append(f"{late}{twelve}点半")
        return self.rng.choice(ways), f"{hour:02d}:{minute:02d}"

    def sum_written(self, fen: int) -> str:
        """In digits."""
        plain = money(fen).replace(",", "")
        ways = [f"¥{money(fen)}", f"￥{plain}", f"{money(fen)}元", f"{plain}元", money(fen), f"人民币{money(fen)}元"]
        ways += [f"RMB {money(fen)}", f"￥{money(fen)}元", f"{plain}（元）"]
        if fen % 100 == 0:
            ways += [f"{fen // 100}元", f"人民币{fen // 100}元", f"{fen // 100:,}元"]
        if fen % 1_000_000 == 0:
            ways.append(f"{fen // 1_000_000}万元")
        return self.rng.choice(ways)

    def sum_in_prose(self, fen: int) -> str:
        """In digits, in capitals, or in both."""
        big = capitals(fen) if self.chance(0.7) else capitals(fen).replace("元", "圆")
        digits = self.rng.choice((money(fen), money(fen).replace(",", "")))
        if fen % 100 == 0 and self.chance(0.5):
            digits = str(fen // 100)
        ways = [
            f"人民币{big}（¥{digits}）",
            f"人民币{digits}元（大写：{big}）",
            f"人民币{digits}元",
            f"{digits}元",
            f"人民币（大写）{big}（小写：￥{digits}）",
            f"人民币{big}",
            f"￥{digits}元（大写：人民币{big}）",
            f"{digits}元整",
            f"{digits}元（{big}）",
            f"{big}（{digits}元）",
        ]
        if fen % 1_000_000 == 0:
            ways += [f"{fen // 1_000_000}万元", f"人民币{fen // 1_000_000}万元整（{big}）"]
        return self.rng.choice(ways)

    def phone(self) -> str:
        return self.rng.choice(
            (f"13{self.digits(9)}", f"0{self.number(311, 999)}-{self.digits(8)}", f"010-{self.digits(8)}")
        )


def _spoken(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else (_HAN[tens] if tens > 1 else "") + "十") + (_HAN[ones] if ones or not tens else "")
