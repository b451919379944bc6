"""``scripts/ocr_eval [--part tuning|held_out|third|fourth|fifth|sixth|seventh|eighth|all] [--papers N]
[--kinds A,B] [--damages A,B] [--stock] [--misses]``: reads made-up papers and reports. ``scripts/ocr_eval --lines N
[--seed WORD] [--kinds A,B] [--misses]`` takes N papers of each kind apart that are made of lines, without pictures and
without an engine.
"""

import argparse
import asyncio
import sys
from itertools import product
from pathlib import Path

from ocr.options import MODELS, EngineOptions
from ocr_evaluation.damage import DAMAGES, damaged
from ocr_evaluation.lines.fuzz import MAKERS, report, tally
from ocr_evaluation.papers import PAPERS, PARTS, paper, seed
from ocr_evaluation.report import Scores, by_kind, misses, summary
from ocr_evaluation.scoring import Score, scored
from ocr_evaluation.systems import Ours, Stock


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/ocr_eval", description=__doc__)
    parser.add_argument("--part", choices=(*PARTS, "all"), default="all")
    parser.add_argument("--papers", type=int, default=2, help="of each kind and damage")
    parser.add_argument("--lines", type=int, metavar="N", help="take N papers of each kind apart, made of lines alone")
    parser.add_argument("--seed", default="lines", help="another word makes other papers of lines")
    parser.add_argument("--first", type=int, default=0, help="number of the first paper")
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(PAPERS))
    parser.add_argument("--damages", type=lambda text: text.split(","), default=list(DAMAGES))
    parser.add_argument("--stock", action="store_true", help="compare with stock PaddleOCR, page by page in turn")
    parser.add_argument(
        "--orientation", type=Path, help="folder of PP-LCNet_x1_0_doc_ori and PP-LCNet_x1_0_textline_ori, for stock"
    )
    parser.add_argument("--detector", default=EngineOptions().detector)
    parser.add_argument("--misses", action="store_true", help="list every field that is not exact")
    parser.add_argument("--each", action="store_true", help="tell of every paper on stderr, as it is read")
    parser.add_argument("--save", type=Path, help="folder for the pictures")
    return parser.parse_args()


def evaluate(options: argparse.Namespace, part: str, systems: list[Ours | Stock]) -> Scores:
    """Page by page, the systems in turn, so that what else the machine does meets both."""
    scores: Scores = {}
    numbers = range(options.first, options.first + options.papers)
    for turn, (damage, kind, number) in enumerate(product(options.damages, options.kinds, numbers)):
        sheet = paper(kind, part, number)
        picture = damaged(sheet.image, damage, seed(kind, part, number))
        if options.save:
            name = f"{part}-{kind}-{number}-{damage}"
            (options.save / f"{name}.{'png' if damage == 'clean' else 'jpg'}").write_bytes(picture.data)
        for system in systems if turn % 2 else systems[::-1]:
            answer = system.read(picture.data, None)
            score = scored(sheet.truth, picture.matrix, answer.lines, answer.kind, answer.fields)
            score.seconds.append(answer.seconds)
            score.cpu_seconds.append(answer.cpu_seconds)
            scores.setdefault((system.name, damage, kind), Score()).add(score)
            if options.each:
                print(system.name, damage, kind, number, score, file=sys.stderr, flush=True)
    return scores


def main() -> None:
    options = arguments()
    if options.lines:
        made_of_lines = [kind for kind in options.kinds if kind in MAKERS]
        print("\n".join(report(tally(made_of_lines, options.lines, options.seed), 5 if options.misses else 0)))
        return
    loop = asyncio.new_event_loop()
    systems: list[Ours | Stock] = [Ours(loop, EngineOptions(models=MODELS, detector=options.detector))]
    if options.stock:
        systems.append(Stock())
    if options.orientation:
        systems.append(Stock(options.orientation))
    for part in PARTS if options.part == "all" else [options.part]:
        scores = evaluate(options, part, systems)
        print(f"\n## Part {part}, {options.papers} papers of each kind and damage\n")
        print("\n".join(summary(scores, options.damages)), "\n")
        print("\n".join(by_kind(scores, options.damages)))
        if options.misses:
            print("\n".join(misses(scores)))
    for system in systems:
        print(f"\npeak memory of {system.name}: {system.peak_mb} MiB")
        system.close()
    loop.close()


if __name__ == "__main__":
    main()
