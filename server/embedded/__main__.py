"""``python -m server.embedded run``: what scripts/run becomes once everything is installed."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from server.embedded.folder import FolderError, claim_folder
from server.embedded.processes import PartError
from server.embedded.runner import Options, Runner, announce, say
from server.embedded.summary import describe

STOPPERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAskedError(BaseException):
    """A signal asked for the end. Not an Exception: nothing on the way may take it for a fault."""


def _raise_stop(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in STOPPERS:
        signal.signal(number, signal.SIG_IGN)  # once is enough; a second must not interrupt the stopping
    raise StopAskedError


def main() -> int:
    """Exit code 0: stopped because asked; 1: a part or the folder is at fault, which is said on stderr."""
    arguments = _parse()
    for number in STOPPERS:
        signal.signal(number, _raise_stop)
    try:
        with claim_folder(arguments.data, reset=arguments.reset):
            _run(Options(arguments.data, arguments.port, arguments.https))
    except StopAskedError:
        return 0
    except (PartError, FolderError) as fault:
        say(f"\n{fault}")
        return 1


def _run(options: Options) -> NoReturn:
    runner = Runner(options)
    try:
        runner.start()
        announce("SANDBOX", runner.sandbox.url)
        announce("READY", runner.url)
        say(describe(runner.url, runner.sandbox.url, runner.data, runner.demo_file))
        runner.watch()
    finally:
        say("正在停止 · stopping …")
        runner.stop()
    raise AssertionError("watch() ends only by raising")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/run", description="The whole product with a demo office.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start it and keep it running")
    run.add_argument("--port", type=int, default=8000, metavar="N", help="default 8000; 0: any free port")
    run.add_argument("--data", type=_folder, default=_folder("var/demo"), metavar="DIR", help="default var/demo")
    run.add_argument("--reset", action="store_true", help="delete the data folder's content first")
    run.add_argument("--https", action="store_true", help="self-signed HTTPS for phones in the same network")
    return parser.parse_args()


def _folder(text: str) -> Path:
    return Path(text).resolve()


if __name__ == "__main__":
    sys.exit(main())
