"""Validators of what stands in papers: numbers with check digits, dates, amounts, case numbers.

Pure; text is normalised by NFKC.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: without I, O, S, V, Z
_PROVINCES = "京津冀晋内蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔云藏陕甘青宁新兵"
CASE_NUMBER = re.compile(
    rf"[(\[〔](?P<year>\d{{4}})[)\]〕](?P<court>最高法知?|[{_PROVINCES}]\d{{0,4}})"
    r"(?P<type>[\u4e00-\u9fff]{1,5})(?P<number>\d{1,6})号(?P<part>之[一二三四五六七八九十\d]+)?"
)
# The day of a date whose gap before a clock was lost: 2026.7.912:00 is the ninth at noon, 2026-04-019:30 the first.
DAY = r"(?:0\d|[1-9](?=(?:[01]\d|2[0-3])(?::\d\d|[时点]))|[12]\d|3[01]|[1-9])(?:(?=\d{1,2}[:时点])|(?!\d))"
_DATE = re.compile(rf"(\d{{4}})\s*(?:年|[-./])\s*(\d{{1,2}})\s*(?:月|[-./])\s*({DAY})\s*日?")
_HAN_DATE = re.compile(
    r"([一二三四五六七八九〇零○OoＯ0]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日?"
)
_HAN_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | dict.fromkeys("零○OoＯ0", 0)
_CAPITALS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")} | {"貳": 2, "參": 3, "叄": 3, "陸": 6}
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}
CAPITAL_AMOUNT = re.compile(
    r"[零壹贰叁肆伍陆柒捌玖貳參叄陸拾][零壹贰叁肆伍陆柒捌玖貳參叄陸拾佰仟万萬亿億]*[元圆圓](?:[零壹贰叁肆伍陆柒捌玖拾角分整正]*)"
)


def plain(text: str) -> str:
    """NFKC without any white space: full-width digits, brackets and colons become the usual ones."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def id_number_ok(number: str) -> bool:
    """GB 11643: 18 characters, a birth date that exists, ISO 7064 MOD 11-2. Says nothing of whether it was ever
    given out.

    The county in the first six is not looked up: codes are retired, and papers from before stay valid.
    """
    if not re.fullmatch(r"[1-8]\d{16}[\dX]", number):
        return False
    if real_date(int(number[6:10]), int(number[10:12]), int(number[12:14])) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == number[17]


def id_birth_date(number: str) -> str:
    """The date of birth that an ID number holds, as YYYY-MM-DD."""
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"


def id_sex(number: str) -> str:
    return "男" if int(number[16]) % 2 else "女"


def credit_code_ok(code: str) -> bool:
    """GB 32100: 18 characters, the last by weights 3^i mod 31."""
    if len(code) != 18 or any(character not in _CREDIT_ALPHABET for character in code):
        return False
    total = sum(_CREDIT_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return _CREDIT_ALPHABET[-total % 31] == code[17]


def luhn_ok(number: str) -> bool:
    """ISO/IEC 7812-1, with the 12 to 19 digits that card numbers have."""
    if not re.fullmatch(r"\d{12,19}", number):
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def case_number_ok(number: str) -> bool:
    """The grammar of 《关于人民法院案件案号的若干规定》: year, court, type, number. The text as `plain` gives it."""
    match = CASE_NUMBER.fullmatch(plain(number))
    return match is not None and 1949 <= int(match["year"]) <= 2100


def real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1880 <= year <= 2200 else None
    except ValueError:
        return None


def dates(text: str) -> list[str]:
    """Every date in the text that exists, as YYYY-MM-DD, in the order of the text."""
    found = [(match.start(), tuple(int(part) for part in match.groups())) for match in _DATE.finditer(text)]
    found += [(match.start(), _han_date(match)) for match in _HAN_DATE.finditer(text)]
    real = [real_date(*parts) for _, parts in sorted(found)]
    return [day.isoformat() for day in real if day is not None]


def _han_date(match: re.Match[str]) -> tuple[int, ...]:
    year = int("".join(str(_HAN_DIGITS[digit]) for digit in match[1]))
    return year, _han_number(match[2]), _han_number(match[3])


def _han_number(text: str) -> int:
    """Up to 99, with 十."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return _HAN_DIGITS[text] if len(text) == 1 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_HAN_DIGITS[tens] if tens else 1) * 10 + (_HAN_DIGITS[ones] if ones else 0)


def capital_fen(text: str) -> int | None:
    """伍万捌仟元整 → 5800000; None when it is no amount in capitals."""
    match = CAPITAL_AMOUNT.search(text)
    if match is None:
        return None
    whole, rest = re.split("[元圆圓]", match[0], maxsplit=1)
    yuan = _capital_whole(whole)
    jiao = re.search(r"([^零角分])角", rest)
    fen = re.search(r"([^零角分])分", rest)
    if yuan is None:
        return None
    return yuan * 100 + 10 * _capital_digit(jiao) + _capital_digit(fen)


def _capital_digit(match: re.Match[str] | None) -> int:
    return _CAPITALS.get(match[1], 0) if match else 0


def _capital_whole(text: str) -> int | None:
    total = section = 0
    digit: int | None = None
    for character in text:
        if character in _CAPITALS:
            digit = _CAPITALS[character]
        elif character in _UNITS:
            section += (1 if digit is None else digit) * _UNITS[character]
            digit = None
        else:
            section += digit or 0
            if section == 0 and total == 0:
                return None
            if character in "亿億":
                total = (total + section) * 100_000_000
            else:
                total += section * 10_000
            section, digit = 0, None
    return total + section + (digit or 0)


def digits_fen(text: str) -> int | None:
    """58,000.00, 58.000.00 as it is misread, or 5.8万 → fen; None when it is no amount, or has parts of a fen."""
    match = re.fullmatch(
        r"(\d{1,3}(?:[,,]\d{3})+|\d{1,3}(?:[,,.]\d{3})+(?=\.\d{2}(?!\d))|\d+)(\.\d+)?(万)?元?", plain(text).lstrip("¥Y")
    )
    if match is None:
        return None
    yuan = Decimal(re.sub("[,,.]", "", match[1]) + (match[2] or "")) * (10_000 if match[3] else 1)
    fen = yuan * 100
    return int(fen) if fen == fen.to_integral_value() else None
