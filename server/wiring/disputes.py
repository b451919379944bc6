"""Disputes about orders, and what follows from them."""

from dataclasses import dataclass

from server.wiring.core import Core
from server.wiring.money import Money
from server.worker import Tick
from services.disputes.dispute_book import DisputeBook
from services.disputes.dispute_effects import DisputeEffects
from services.disputes.dispute_files import DisputeFiles
from services.disputes.disputes import Disputes
from services.files.files import Files
from services.notices.notices import Notices
from services.orders.order_seals import OrderSeals
from services.outbox import Effect
from services.settlement.penalties import Penalties


@dataclass(frozen=True, slots=True)
class Quarrels:
    disputes: Disputes
    files: DisputeFiles
    follow: DisputeEffects

    def effects(self) -> dict[str, Effect]:
        return {**self.disputes.effects(), **self.follow.effects()}

    def ticks(self) -> list[Tick]:
        return [Tick("disputes", 300.0, self.follow.tick)]


def build_disputes(core: Core, money: Money, penalties: Penalties, files: Files, notices: Notices) -> Quarrels:
    book = DisputeBook(core.database, OrderSeals(core.vault), core.audit, core.outbox, core.clock)
    disputes = Disputes(
        core.database, book, money.book, money.refunds, penalties, files, core.idempotency, core.outbox, core.clock
    )
    follow = DisputeEffects(core.database, book, core.cards, notices, core.publisher, core.work_items, core.clock)
    return Quarrels(disputes, DisputeFiles(book, money.book, files, core.audit), follow)
