"""``ETag`` and ``If-Match`` (RFC 9110, 8.8.3 and 13.1.1) on what two people may change at once.

The tag is the thing's ``revision`` in quotation marks. Strong comparison: a weak tag matches nothing.
"""

import re

from handlers.base import ApiHandler
from services.errors import Problem

_TAG = re.compile(r'^"(\d{1,9})"$')


def show_revision(handler: ApiHandler, revision: int) -> None:
    """Tell the caller the tag of what is answered."""
    handler.set_header("ETag", f'"{revision}"')


def wanted_revision(handler: ApiHandler) -> int:
    """The revision that the caller saw. Raises ``request.if_match_missing``, ``request.changed_meanwhile``."""
    given = handler.request.headers.get("If-Match")
    if given is None:
        raise Problem("request.if_match_missing")
    tag = _TAG.match(given.strip())
    if tag is None:
        raise Problem("request.changed_meanwhile")
    return int(tag.group(1))
