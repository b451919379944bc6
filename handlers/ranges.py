"""The Range header (RFC 9110, section 14): one range of bytes; whatever else is asked gets the whole."""

import re

from services.errors import Problem

_ONE = re.compile(r"^bytes=([0-9]{0,18})-([0-9]{0,18})$", re.IGNORECASE)


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """(start, stop), stop exclusive, within ``size`` bytes; None when the whole is to be sent.

    Raises Problem ``request.range`` when no byte of the content is asked for. Several ranges at once, other
    units and malformed headers are ignored, as section 14.2 allows.
    """
    asked = _ONE.match(header.strip().replace(" ", ""))
    if asked is None or not (asked[1] or asked[2]):
        return None
    if not asked[1]:  # the last so many bytes
        length = int(asked[2])
        if length == 0:
            raise Problem("request.range")
        return max(0, size - length), size
    start = int(asked[1])
    last = int(asked[2]) if asked[2] else size - 1
    if asked[2] and last < start:
        return None
    if start >= size:
        raise Problem("request.range")
    return start, min(last + 1, size)
