"""Writes constraints.txt from what is installed in the virtual environment: ``.venv/bin/python scripts/pin.py``.

With ``--check`` it only tells (exit code 1) whether a requirement of setup.cfg, or something that one needs, is not
pinned. Standard library and `packaging` only.
"""

import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from requirements import lone_requirements, requirements

FILE = Path(__file__).resolve().parent.parent / "constraints.txt"
EXTRAS = ("embedded", "ocr", "dev")
# Needed on Python versions other than the one that this runs with.
ELSEWHERE = {"async-timeout": "5.0.1"}  # by redis before Python 3.11.3, which is what Debian 12 has
HEADER = """\
# Every package that scripts/run, scripts/test and the Dockerfile may install, at the version that was tested.
# Written by scripts/pin.py from the virtual environment; do not edit by hand.
"""


def canonical(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure() -> dict[str, str]:
    """Canonical name → installed version of everything that is needed. Raises PackageNotFoundError."""
    versions: dict[str, str] = {}
    todo = [Requirement(line) for line in requirements(*EXTRAS)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        requirement = todo.pop()
        key = (canonical(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        distribution = metadata.distribution(requirement.name)
        versions[key[0]] = distribution.version
        todo += [need for need in map(Requirement, distribution.requires or []) if _applies(need, key[1])]
    for name in lone_requirements(*EXTRAS):
        versions[canonical(name)] = metadata.version(name)
    return {**ELSEWHERE, **versions}


def _applies(need: Requirement, extras: frozenset[str]) -> bool:
    if need.marker is None:
        return True
    return any(need.marker.evaluate({"extra": extra}) for extra in extras or {""})


def main() -> int:
    text = HEADER + "".join(f"{name}=={version}\n" for name, version in sorted(closure().items()))
    if "--check" not in sys.argv[1:]:
        FILE.write_text(text, "utf-8")
        return 0
    if FILE.read_text("utf-8") == text:
        return 0
    print("constraints.txt does not match setup.cfg and the environment: run .venv/bin/python scripts/pin.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
