"""What tests ask of a call that must not succeed."""

from collections.abc import Awaitable
from typing import Any

import pytest

from services.errors import Problem


async def refused(doing: Awaitable[Any]) -> str:
    """The code of the Problem in which ``doing`` ends."""
    with pytest.raises(Problem) as caught:
        await doing
    return caught.value.code
