"""Amounts in the capital characters of bills (大写金额), as 《支付结算办法》附一 has them written. Pure."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_FEN_LIMIT = 10**18


def in_capitals(fen: int) -> str:
    """``39900`` → ``叁佰玖拾玖元整``, ``100_005`` → ``壹仟元零伍分``. ValueError below 0 and from 10¹⁸ fen."""
    if not 0 <= fen < _FEN_LIMIT:
        raise ValueError("no such amount on a bill")
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"{words or '零元'}整"
    if jiao:
        # a nought before the jiao is read when the yuan end in one, else it may be left out
        words += ("零" if yuan and yuan % 10 == 0 else "") + f"{_DIGITS[jiao]}角"
        return words + (f"{_DIGITS[cents]}分" if cents else "整")
    return words + ("零" if yuan else "") + f"{_DIGITS[cents]}分"


def _whole(number: int) -> str:
    """Four digits at a time are read alike; 亿 counts 10⁸, 万 counts 10⁴ of what stands before it."""
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        head, rest = divmod(number, size)
        if head:
            nought = "零" if rest and rest < size // 10 else ""
            return f"{_whole(head)}{unit}{nought}{_whole(rest) if rest else ''}"
    return _four(number)


def _four(number: int) -> str:
    words, gap = "", False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[digit] + _UNITS[place]
        gap = False
    return words
