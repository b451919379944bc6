"""What the services around orders need of others, as seams."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from schemas.enums import NoticeKind

# Counts facts for operators: (what, which), e.g. ("pay_notice_refused", "bad_signature").
Tally = Callable[[str, str], None]


def no_tally(what: str, which: str) -> None:
    """Counts nothing."""


class Teller(Protocol):
    """``services.notices.notices.Notices``, as far as it is needed here."""

    async def tell(
        self,
        user_id: str,
        kind: NoticeKind,
        fact: str,
        *,
        title: str,
        text: str,
        link: str,
        values: Mapping[str, str] = ...,
    ) -> bool:
        """Tell one person one fact once; False when it was told before."""


class Openids(Protocol):
    """``services.identity.accounts.Accounts``, as far as it is needed here."""

    async def openid_of(self, user_id: str) -> str | None:
        """The person's openid, or None without a WeChat identity."""


class SpaceFiles(Protocol):
    """``services.files.files.Files``, as far as it is needed here."""

    async def check_for_message(self, space_id: str, sender_id: str, file_ids: Sequence[str]) -> Sequence[Any]:
        """Raises ``file.not_found`` or ``file.not_uploaded`` unless all are complete files of the space."""
