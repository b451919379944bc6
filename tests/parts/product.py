"""The whole product as a newcomer starts it, on a free port with data of its own."""

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent
READY_WITHIN = 120.0  # seconds
END = "\0"  # no line looks like this


@dataclass(frozen=True)
class Product:
    """A running product: base URLs without a trailing slash, the parsed demo.json, its data folder and runner."""

    base_url: str
    sandbox_url: str
    demo: dict[str, Any]
    data_dir: Path
    process: subprocess.Popen[str]
    output: list[str]  # grows while it runs

    def said(self) -> str:
        """Everything that it printed so far, both streams."""
        return "\n".join(self.output)

    def stop(self) -> int:
        """Stop it as Ctrl-C does; returns the runner's exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()


def start_product(data_dir: Path, *arguments: str, environment: dict[str, str] | None = None) -> Product:
    """Run ``python -m server.embedded run`` until it says READY. Raises AssertionError with what it said otherwise."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server.embedded", "run", "--port", "0", "--data", str(data_dir), *arguments],
        cwd=REPOSITORY,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=_pump, args=(process.stdout, said, lines), daemon=True).start()
    urls = _await_urls(lines)
    if "READY" not in urls:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        raise AssertionError("the product did not start:\n" + "\n".join(said))
    demo = json.loads((data_dir / "demo.json").read_text("utf-8"))
    return Product(urls["READY"], urls["SANDBOX"], demo, data_dir, process, said)


def _await_urls(lines: "queue.Queue[str]") -> dict[str, str]:
    urls: dict[str, str] = {}
    deadline = time.monotonic() + READY_WITHIN
    while "READY" not in urls and (left := deadline - time.monotonic()) > 0:
        try:
            line = lines.get(timeout=left)
        except queue.Empty:
            break
        if line == END:
            break
        word, _, url = line.partition(" ")
        if word in ("SANDBOX", "READY"):
            urls[word] = url
    return urls


def _pump(stream: IO[str], said: list[str], lines: "queue.Queue[str]") -> None:
    """Keeps reading for the life of the process: a full pipe would stop it."""
    for text in stream:
        line = text.rstrip("\n")
        said.append(line)
        lines.put(line)
    lines.put(END)
