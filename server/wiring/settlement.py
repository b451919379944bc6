"""Settlement with the firms: periods, statements, payouts."""

from dataclasses import dataclass

from miniprogram_api.pay import PayClient, ProfitSharing
from server.wiring.core import Core
from server.worker import Tick
from services.notices.notices import Notices
from services.outbox import Effect
from services.papers.papers import Papers
from services.settlement.closing import Closing
from services.settlement.firms import Firms
from services.settlement.merchants import Merchants
from services.settlement.payout_book import PayoutBook
from services.settlement.payout_sending import PayoutSending
from services.settlement.payouts import Payouts, SharingTerms
from services.settlement.penalties import Penalties
from services.settlement.periods import Schedule
from services.settlement.rulebook import Rulebook
from services.settlement.settlement_book import SettlementBook
from services.settlement.settlement_lines import SettlementLines
from services.settlement.settlement_views import SettlementViews
from services.settlement.settlements import Settlements
from services.settlement.share_returns import ShareReturns
from services.settlement.statement_files import StatementFiles


@dataclass(frozen=True, slots=True)
class Settling:
    firms: Firms
    merchants: Merchants
    rulebook: Rulebook
    penalties: Penalties
    settlements: Settlements
    payouts: Payouts
    returns: ShareReturns
    closing: Closing
    sending: PayoutSending

    def effects(self) -> dict[str, Effect]:
        return {**self.settlements.effects(), **self.sending.effects(), **self.merchants.effects()}

    def ticks(self) -> list[Tick]:
        return [
            Tick("settlement", 60.0, self.closing.tick),
            Tick("payouts", 5.0, self.sending.tick),
            Tick("share_returns", 5.0, self.returns.tick),
        ]


def build_settling(core: Core, pay: PayClient, notices: Notices) -> Settling:
    settings, database, audit, clock = core.settings, core.database, core.audit, core.clock
    rulebook = Rulebook(database, audit, clock)
    book, views = SettlementBook(database, audit, clock), SettlementViews(database)
    closing = Closing(
        database,
        SettlementLines(database),
        rulebook,
        core.ledger,
        core.work_items,
        audit,
        core.outbox,
        Schedule(settings.settlement_anchor, settings.settlement_days),
        clock,
    )
    terms = SharingTerms(settings.pay_profit_sharing, settings.pay_sharing_percent * 100)
    written = PayoutBook(database, core.outbox, clock)
    returns = ShareReturns(database, written, core.work_items, core.outbox, clock)
    merchants = Merchants(database, core.work_items, core.outbox, notices, audit, clock)
    return Settling(
        firms=Firms(database, merchants, audit, clock),
        merchants=merchants,
        rulebook=rulebook,
        penalties=Penalties(database, rulebook, core.idempotency, audit, clock),
        settlements=Settlements(database, book, views, StatementFiles(Papers()), closing, notices, clock),
        payouts=Payouts(
            database, book, views, written, returns, core.idempotency, core.ledger, core.outbox, terms, clock
        ),
        returns=returns,
        closing=closing,
        sending=PayoutSending(
            database,
            book,
            written,
            ProfitSharing(pay.door),
            core.ledger,
            core.work_items,
            notices,
            audit,
            core.outbox,
            clock,
            core.tally,
        ),
    )
