"""Scores as tables of Markdown."""

from collections.abc import Iterable
from statistics import mean, quantiles

from ocr_evaluation.scoring import Score

Scores = dict[tuple[str, str, str], Score]  # (system, damage, kind)


def total(scores: Scores, system: str, damage: str | None = None, kind: str | None = None) -> Score:
    result = Score()
    for (name, how, what), score in scores.items():
        if name == system and damage in (None, how) and kind in (None, what):
            result.add(score)
    return result


def _names(scores: Scores) -> list[str]:
    return list(dict.fromkeys(name for name, _, _ in scores))


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def summary(scores: Scores, damages: Iterable[str]) -> list[str]:
    """A row for each system and damage."""
    head = (
        "system",
        "damage",
        "CER %",
        "fields exact %",
        "kind right",
        "wrong numbers unflagged",
        "s a page (p95)",
        "CPU s",
    )
    lines = [_row(*head), _row(*["---"] * len(head))]
    for name in _names(scores):
        for damage in damages:
            score = total(scores, name, damage)
            slow = quantiles(score.seconds, n=20)[-1] if len(score.seconds) > 1 else score.seconds[0]
            fields = f"{100 * score.exact_rate:.1f} ({score.exact}/{score.fields})"
            kinds = f"{score.kinds_right}/{score.papers}"
            time = f"{mean(score.seconds):.2f} ({slow:.2f})"
            rate, cpu = f"{100 * score.error_rate:.2f}", f"{mean(score.cpu_seconds):.2f}"
            lines.append(_row(name, damage, rate, fields, kinds, score.wrong_unflagged, time, cpu))
    return lines


def by_kind(scores: Scores, damages: list[str]) -> list[str]:
    """A row for each kind: character error rate / exact fields, in percent, for each damage."""
    names = _names(scores)
    order = "·".join(damages)
    lines = [_row("kind", *(f"{name}: CER/fields % ({order})" for name in names)), _row(*["---"] * (len(names) + 1))]
    for kind in dict.fromkeys(kind for _, _, kind in scores):
        cells = []
        for name in names:
            parts = [total(scores, name, damage, kind) for damage in damages]
            cells.append(" · ".join(f"{100 * part.error_rate:.1f}/{100 * part.exact_rate:.0f}" for part in parts))
        lines.append(_row(kind, *cells))
    return lines


def misses(scores: Scores) -> list[str]:
    """Every field that is not exact."""
    return [f"  {name} {damage} {miss}" for (name, damage, _), score in scores.items() for miss in score.misses]
