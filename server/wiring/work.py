"""What follows from changes and what time brings: the worker of a process."""

from server.wiring.core import Core
from server.wiring.themes import Themes
from server.worker import Tick, Worker
from services.followers import Follow, Followers
from services.outbox import Effect


def build_worker(core: Core, themes: Themes) -> Worker:
    followers = Followers(core.database, _follows(themes), core.outbox.nudge, core.clock)
    return Worker(core.outbox, _effects(themes), followers, _ticks(themes), themes.leases, core.metrics, core.nudged)


def _effects(themes: Themes) -> dict[str, Effect]:
    return {
        **themes.rooms.files.effects(),
        **themes.rooms.second.effects(),
        **themes.courts.effects(),
        **themes.content.holds.effects(),
        **themes.telling.deliveries.effects(),
        **themes.telling.reports.effects(),
        **themes.money.effects.effects(),
        **themes.personnel.losses.effects(),
        **themes.money.refunds.effects(),
        **themes.money.stuck_refunds.effects(),
        **themes.money.settled.effects(),
        **themes.money.watch.effects(),
        **themes.sales.effects(),
        **themes.settling.effects(),
        **themes.quarrels.effects(),
        **themes.catalogue.effects(),
        **themes.reading.effects(),
        **themes.verifying.effects(),
        **themes.invoicing.issuing.effects(),
        **themes.shipping.effects(),
        **themes.talk.effects(),
    }


def _follows(themes: Themes) -> dict[str, Follow]:
    return {
        "attention": themes.telling.attention.follow,
        "checkpoints": themes.record.checkpoints.follow,
        **themes.content.follows(),
        "mentions": themes.telling.mentions.follow,
        **themes.reading.follows(),
        "search": themes.talk.index.follow,
    }


def _ticks(themes: Themes) -> list[Tick]:
    return [
        Tick("attention", 1.0, themes.telling.attention.tick),
        Tick("content", 1.0, themes.content.checks.tick),
        Tick("mentions", 1.0, themes.telling.mentions.tick),
        Tick("payments", 2.0, themes.money.payments.tick),
        Tick("refunds", 5.0, themes.money.refunds.tick),
        Tick("uploads", 60.0, themes.rooms.files.tick),
        *themes.record.ticks(),
        *themes.settling.ticks(),
        *themes.quarrels.ticks(),
        Tick("invoices", 5.0, themes.invoicing.issuing.tick),
        *themes.books.ticks(),
        *themes.sales.ticks(),
        *themes.courts.ticks(),
        *themes.reading.ticks(),
        *themes.catalogue.ticks(),
        *themes.verifying.ticks(),
        *themes.talk.ticks(),
    ]
