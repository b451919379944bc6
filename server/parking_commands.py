"""``python -m server parked`` and ``release``: what was given up, and trying it again."""

import argparse
import sys
from typing import Any

from server.wiring import House


def add_parsers(commands: Any) -> None:
    """``commands``: what ``argparse`` gives for subcommands."""
    commands.add_parser("parked", help="list effects that were given up and wait for a person")
    again = commands.add_parser("release", help="let the worker try parked effects again")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("names", nargs="*", default=[], metavar="NAME", help="as `parked` shows it")
    which.add_argument("--all", action="store_true")


async def parked(house: House, arguments: argparse.Namespace) -> None:
    """Print a line for each effect, or follower of a space, that waits."""
    for row in await house.core.parking.list():
        sys.stdout.write(f"{row.name}  {row.kind} ×{row.count}  {row.subject}  {row.since:%F %T}  {row.fault}\n")


async def release(house: House, arguments: argparse.Namespace) -> None:
    """Release what is named, or everything."""
    names = arguments.names or [row.name for row in await house.core.parking.list()]
    for name in names:
        done = await house.core.parking.release(name)
        sys.stdout.write(f"{name}  {'released' if done else 'is not parked'}\n")
