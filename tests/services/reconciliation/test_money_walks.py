"""Random walks through everything that moves money: the books are right at every step, and the provider's bills find
nothing, or exactly what is wrong with them (C2, E1, E2, E3)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.parts.sandboxes import OwnSandbox
from tests.services.money_machine import CrashingLedger, Machine
from tests.services.reconciliation_world import keepers_of, open_blobs
from tests.services.settlement_world import open_office

STEPS = (
    *("place", "place_with_coupon", "start", "pay", "notify", "crash", "work", "die_after_effects", "tick", "cancel"),
    *("serve", "serve_whole", "tip", "quote", "refund", "settle_period"),
    *("pay_from_balance", "top_up", "pay_out", "change_firm"),
)
# A walk that only wanders rarely gets far, so each begins with a piece of somebody's life.
PAID = [("place", 0), ("start", 0), ("pay", 0), ("notify", 2)]
SERVED = [*PAID, ("serve_whole", 0)]
BEGINNINGS: dict[str, list[tuple[str, int]]] = {
    "nothing": [],
    "two orders": [*PAID, ("place_with_coupon", 1), ("start", 1), ("pay", 1), ("notify", 1)],
    "crashes": [("place", 0), ("start", 0), ("pay", 0), ("crash", 1), ("crash", 0), ("notify", 2), ("crash", 0)],
    "astray": [("place", 0), ("start", 0), ("pay", 0), ("cancel", 0), ("notify", 2), ("die_after_effects", 3)],
    "covered by a coupon": [("place_with_coupon", 1), ("die_after_effects", 3), ("serve_whole", 0)],
    "tipped": [*SERVED, ("tip", 6), ("pay", 1), ("notify", 1), ("die_after_effects", 3)],
    "quoted": [*PAID, ("work", 0), ("quote", 0), ("quote", 0), ("pay", 1), ("notify", 1), ("notify", 0)],
    "prepaid": [("top_up", 1), ("top_up", 2), ("place", 0), ("pay_from_balance", 0), ("work", 0), ("refund", 1)],
    "refunded": [*PAID, ("work", 0), ("refund", 1), ("die_after_effects", 3), ("tick", 0), ("refund", 0)],
    "settled": [*SERVED, ("settle_period", 0), ("pay_out", 0), ("refund", 1), ("work", 0)],
}
TIPPED = [*SERVED, ("tip", 6), ("pay", 1), ("notify", 1)]
BEGINNINGS |= {
    "tipped before the firm changed": [*TIPPED, ("change_firm", 1), ("settle_period", 0), ("pay_out", 0)],
    "tipped without a firm": [
        *SERVED,
        ("change_firm", 0),
        *TIPPED[len(SERVED) :],
        ("settle_period", 0),
        ("change_firm", 2),
    ],
}
EDITS = {"drop": "missing_there", "double": "doubled", "amount": "wrong_amount"}
AMOUNT = {"amount": {"fen": 3}}  # no payment of a walk is this small
WALK = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 11)), min_size=4, max_size=16)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def machine(
    make_settings: SettingsMaker, parts: RealParts, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Machine]:
    sandbox = OwnSandbox(tmp_path_factory.mktemp("vendor") / "sandbox", "http://127.0.0.1:9")
    chosen = make_settings(**sandbox.fields, settlement_days=1)
    try:
        async with (
            open_office(chosen, parts, sandbox.folder, CrashingLedger) as office,
            open_blobs(chosen) as blobs,
        ):
            yield Machine(office, keepers_of(chosen, office.world, blobs, sandbox.folder))
    finally:
        sandbox.stop()


@pytest.mark.parametrize("beginning", BEGINNINGS)
@given(
    walk=WALK,
    edit=st.sampled_from(sorted(EDITS)),
    which=st.integers(0, 9),
)
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
async def test_whatever_happens_the_books_are_right(
    machine: Machine, beginning: str, walk: list[tuple[str, int]], edit: str, which: int
) -> None:
    """E1: no order is paid twice or served unpaid, no coupon is used twice, the ledger balances and can be rebuilt at
    every step; reconciliation finds nothing, then exactly the seeded difference, then nothing again."""
    machine = Machine(machine.office, machine.keepers)
    await machine.begin()
    for step, n in (*BEGINNINGS[beginning], *walk):
        await machine.go(step, n)
        await machine.check()
    days = await machine.end()
    assert await machine.compared(days) == []
    assert await machine.books_of(days)
    numbers = await machine.in_bill(days)
    if numbers:
        number = numbers[which % len(numbers)]
        await machine.keepers.edit(edit, number, **AMOUNT.get(edit, {}))
        # on all days: a refund stands in the bill of the day that accepted it, and is missed on the day it ended
        assert await machine.compared(days) == [(EDITS[edit], number)]
        await machine.world.control("DELETE", "/control/bill-edits")
        assert await machine.compared(days) == []
    open_items = {item for item in await machine.keepers.open_items() if item[0].startswith("reconciliation.")}
    assert open_items == set()
