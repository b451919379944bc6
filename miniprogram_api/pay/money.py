"""Yuan as bills write them, and fen as everything else counts them. No floats anywhere.

A bill writes 0.01 as ``0.01`` but fees as ``0.00000``: more digits than fen are zeros, or the amount is refused.
"""

import re

_YUAN = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,12}))?")


def yuan_to_fen(text: str) -> int:
    """``12.30`` → 1230, exactly. Raises ``ValueError`` for anything that is not a whole number of fen."""
    found = _YUAN.fullmatch(text) if text.isascii() else None
    if found is None:
        raise ValueError("not an amount in yuan")
    sign, whole, part = found.group(1), found.group(2), (found.group(3) or "").ljust(2, "0")
    if part[2:].strip("0"):
        raise ValueError("finer than a fen")
    value = int(whole) * 100 + int(part[:2])
    return -value if sign else value


def fen_to_yuan(fen: int) -> str:
    """1230 → ``12.30``."""
    sign, value = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{value // 100}.{value % 100:02d}"
