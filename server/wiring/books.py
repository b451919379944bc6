"""The ledger's keepers: reconciliation with the bills, work items, the back-fill."""

from dataclasses import dataclass

from miniprogram_api.pay import BillClient
from server.wiring.core import Core
from server.wiring.money import Money
from server.worker import Tick
from services.ledger.backfill import Backfill
from services.ledger.checks import LedgerChecks
from services.parked_effects import ParkedEffects
from services.reconciliation.bill_store import BillStore
from services.reconciliation.difference_items import DifferenceItems
from services.reconciliation.finance import Finance
from services.reconciliation.nightly import Nightly
from services.reconciliation.reconciliation import Reconciliation
from services.storage.leases import Leases
from services.work_desk import WorkDesk


@dataclass(frozen=True, slots=True)
class Books:
    finance: Finance
    work_desk: WorkDesk
    checks: LedgerChecks
    reconciliation: Reconciliation
    backfill: Backfill
    nightly: Nightly
    parked: ParkedEffects

    def ticks(self) -> list[Tick]:
        return [Tick("reconciliation", 60.0, self.nightly.tick), Tick("parked", 30.0, self.parked.tick)]


def build_books(core: Core, money: Money, leases: Leases) -> Books:
    settings, database, clock, items = core.settings, core.database, core.clock, core.work_items
    bills = BillStore(database, core.blobs, core.vault, BillClient(money.pay.door), settings.pay_mchid, clock)
    checks = LedgerChecks(database, core.ledger)
    reconciliation = Reconciliation(
        database,
        bills,
        core.ledger,
        checks,
        DifferenceItems(database, items),
        money.watch.settle,
        clock,
        core.tally,
    )
    parked = ParkedEffects(database, core.outbox, items, core.audit, clock)
    return Books(
        finance=Finance(database, checks, reconciliation, bills, core.audit, clock),
        work_desk=WorkDesk(items, parked),
        checks=checks,
        reconciliation=reconciliation,
        backfill=Backfill(database, core.ledger, settings.pay_mchid),
        nightly=Nightly(database, reconciliation, items, leases, settings.bills_hour, clock),
        parked=parked,
    )
