"""Runs every static check and shows what failed; ends with 1 if anything did. ``scripts/check`` calls it."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LONG_MODULE = 300  # lines; a hint for the reviewer, not a gate
SHELL_SCRIPTS = (
    *("scripts/run", "scripts/check", "scripts/test", "scripts/bench", "scripts/faults", "scripts/ocr_eval"),
    *("scripts/find_python.sh", ".ci/run", "deploy/make_secrets", "deploy/voice/start"),
)

CHECKS = {
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "lint": [str(BIN / "ruff"), "check", "--quiet", "."],
    "types": [str(BIN / "mypy")],
    "contracts": [str(BIN / "lint-imports")],
    "pins": [sys.executable, "scripts/pin.py", "--check"],
    "shell": ["bash", "-c", 'for script; do bash -n "$script" || exit 1; done', "bash", *SHELL_SCRIPTS],
}


def modules() -> list[Path]:
    """Our own Python files."""
    skipped = (".venv", "var", "web")
    return [path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).parts[0] not in skipped]


def long_modules() -> list[str]:
    """Modules that ask for a look: is this two rooms?"""
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in modules()}
    return [f"{path.relative_to(ROOT)} has {n} lines" for path, n in lengths.items() if n > LONG_MODULE]


def main() -> int:
    failed = []
    for name, command in CHECKS.items():
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        print(
            f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - started:.1f} s)", flush=True
        )
        if done.returncode != 0:
            failed.append(name)
            print(done.stdout + done.stderr)
    for hint in long_modules():
        print(f"hint   {hint}: is it two rooms?")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
