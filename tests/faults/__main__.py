"""Runs rounds of faults against a whole cluster, and says what they did. ``scripts/faults`` calls it.

Every round has people who talk, a reader of each record who never connects, and shoppers who pay; see
``checker.py`` for what must hold afterwards. Ends with 1 when anything did not.
"""

import argparse
import itertools
import os
import random
import sys
from collections.abc import Iterable

import uvloop

from tests.faults.checker import SHOWN
from tests.faults.cluster import Cluster
from tests.faults.hurts import FAULTS
from tests.faults.rounds import Outcome, Round, house_of

HEADER = "round  fault           sent   live orders lines holes  slowest  settled  result"


def row(number: int, outcome: Outcome) -> str:
    """One line of the table: `lines` are connections made, `holes` gaps that readers healed by a sync,
    `slowest` the longest wait for an acknowledgement."""
    result = "ok" if not outcome.violations else f"{len(outcome.violations)} VIOLATIONS"
    if outcome.skipped:
        result = f"skipped: {outcome.skipped}"
    refused = " ".join(f"{code}×{times}" for code, times in sorted(outcome.refusals.items()))
    return (
        f"{number:>5}  {outcome.fault:<14} {outcome.sent:>5} {outcome.delivered:>6} {outcome.orders:>6} "
        f"{outcome.connections:>5} {outcome.holes:>5} {outcome.slowest:>6.1f} s {outcome.settled:>6.1f} s  "
        f"{result}  {refused}"
    )


async def rounds(cluster: Cluster, faults: Iterable[str], seconds: float) -> list[Outcome]:
    """One round after the other, on one cluster."""
    house = house_of(cluster)
    outcomes = []
    try:
        print(HEADER, flush=True)
        for number, fault in enumerate(faults, 1):
            outcome = await Round(cluster, house, fault, seconds).run()
            outcomes.append(outcome)
            print(row(number, outcome), flush=True)
            for violation in outcome.violations[:SHOWN]:
                print(f"         {violation}", flush=True)
    finally:
        await house.close()
    return outcomes


def summary(outcomes: list[Outcome]) -> str:
    done = [outcome for outcome in outcomes if not outcome.skipped]
    broken = sum(1 for outcome in done if outcome.violations)
    return (
        f"{len(done)} rounds, {sum(o.sent for o in done)} messages sent, {sum(o.stored for o in done)} acknowledged, "
        f"{sum(o.delivered for o in done)} delivered live, {sum(o.orders for o in done)} orders paid; "
        f"rounds with violations: {broken}; load average {os.getloadavg()[0]:.1f}"
    )


def main() -> int:
    arguments = argparse.ArgumentParser(prog="scripts/faults", description=__doc__)
    arguments.add_argument("--rounds", type=int, default=len(FAULTS))
    arguments.add_argument("--seconds", type=float, default=10, help="of load in each round, at least")
    arguments.add_argument("--only", choices=sorted(FAULTS), action="append", help="this fault; may be repeated")
    arguments.add_argument("--keep", action="store_true", help="keep the folder with the logs")
    chosen = arguments.parse_args()
    kinds = chosen.only or random.sample(list(FAULTS), len(FAULTS))
    cluster = Cluster()
    try:
        cluster.start()
        faults = itertools.islice(itertools.cycle(kinds), chosen.rounds)
        outcomes = uvloop.run(rounds(cluster, faults, chosen.seconds))
    finally:
        if chosen.keep:
            print(f"logs: {cluster.logs}", flush=True)
        cluster.stop(keep_logs=chosen.keep)
    print(summary(outcomes))
    return 1 if any(outcome.violations for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
