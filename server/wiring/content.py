"""Content safety: what is asked, what comes back, and what people make of it."""

from dataclasses import dataclass

from miniprogram_api.content import ContentSafety
from server.wiring.core import Core
from services.content.content_checks import ContentChecks
from services.content.content_holds import ContentHolds
from services.content.content_verdicts import ContentVerdicts
from services.followers import Follow
from services.identity.accounts import Accounts
from services.notices.notices import Notices


@dataclass(frozen=True, slots=True)
class Content:
    checks: ContentChecks
    verdicts: ContentVerdicts
    holds: ContentHolds
    asks: bool

    def follows(self) -> dict[str, Follow]:
        """Nothing is noted where WeChat is not asked; what was held stays so and can be reviewed."""
        return {"content": self.checks.follow} if self.asks else {}


def build_content(core: Core, accounts: Accounts, notices: Notices) -> Content:
    holds = ContentHolds(
        core.database,
        core.recorder,
        core.cards,
        notices,
        core.work_items,
        core.audit,
        core.outbox,
        core.tickets.held_url,
        core.clock,
    )
    verdicts = ContentVerdicts(core.database, holds, core.clock)

    def link(file_id: str, variant: str) -> str:
        return core.settings.public_url + core.tickets.file_url(file_id, variant)

    checks = ContentChecks(
        core.database,
        core.recorder,
        ContentSafety(core.wechat.door),
        accounts.openid_of,
        link,
        holds,
        verdicts,
        core.work_items,
        core.tally_content,
        core.clock,
    )
    return Content(checks, verdicts, holds, core.settings.checks_content)
