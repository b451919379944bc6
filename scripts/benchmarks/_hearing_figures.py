"""What was measured of hearings, and the lines in which ``hearings`` reports it."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Figures:
    """Of one hearing; seconds and CPU-seconds."""

    door: list[float] = field(default_factory=list)
    sound: list[float] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)  # cores, by process
    kept: float | None = None


def report(name: str, size: int, found: Figures) -> str:
    ours = {one: found.cpu.get(one) for one in ("web", "worker", "mongod", "valkey")}
    shares = ", ".join(f"{one} {100 * used / size:.2f}" for one, used in ours.items() if used is not None)
    return (
        f"{size:>3} {name:<8} door {middle(found.door)}  sound {middle(found.sound)}, heard {middle(found.heard)}  "
        f"delay {middle(found.delays)} p95 {quantile(found.delays, 0.95)} ms ({len(found.delays)} ticks)  "
        f"CPU %/person: janus {100 * found.cpu['janus'] / size:.2f}{', ' + shares if shares else ''}; "
        f"speakers {100 * found.cpu['speakers'] / size:.1f}" + (f"  kept {found.kept:.1f} s" if found.kept else "")
    )


def middle(values: list[float]) -> str:
    return quantile(values, 0.5)


def quantile(values: list[float], part: float) -> str:
    return f"{1000 * sorted(values)[int(part * (len(values) - 1))]:.0f}" if values else "—"


def ratios(size: int, mine: list[Figures], floors: list[Figures]) -> str:
    """Medians of the rounds' ratios: neighbours in time saw the same machine."""

    def ratio(value: Callable[[Figures], float]) -> float:
        return statistics.median(value(a) / value(b) for a, b in zip(mine, floors, strict=True))

    return (
        f"{size:>3} product / floor: sound {ratio(lambda f: statistics.median(f.sound)):.2f}  "
        f"delay {ratio(lambda f: statistics.median(f.delays)):.2f}  janus CPU {ratio(lambda f: f.cpu['janus']):.2f}"
    )
