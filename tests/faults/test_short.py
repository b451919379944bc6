"""A few faults under load, in every run of the tests; ``scripts/faults`` does them all, and for longer."""

from collections.abc import Iterator

import pytest

from tests.faults.cluster import Cluster
from tests.faults.rounds import Round, house_of

SECONDS = 3.0  # of load in each round
RATE = 1.5  # messages a second of each of twelve people


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    running = Cluster()
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.mark.parametrize("fault", ["kill-web", "kill-primary", "kill-valkey"])
async def test_nothing_is_lost_doubled_or_out_of_order(cluster: Cluster, fault: str) -> None:
    house = house_of(cluster)
    try:
        outcome = await Round(cluster, house, fault, SECONDS, RATE).run()
    finally:
        await house.close()
    assert outcome.violations == []
    assert outcome.what
    assert outcome.stored == outcome.sent > 0
    assert outcome.delivered > outcome.sent
    assert outcome.orders > 0
