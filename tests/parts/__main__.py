"""``python -m tests.parts`` starts the parts and keeps them until Ctrl-C; single test runs then start at once."""

import shlex
import signal
from pathlib import Path

from tests.parts.real import VARIABLE, RunningParts

LOGS = Path(__file__).resolve().parent.parent.parent / "var" / "test-logs"


def main() -> None:
    running = RunningParts(LOGS)
    print(f"export {VARIABLE}={shlex.quote(running.parts.to_json())}", flush=True)
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    try:
        signal.pause()
    except KeyboardInterrupt:
        print("# stopping")
    finally:
        running.stop()


if __name__ == "__main__":
    main()
