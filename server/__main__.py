"""``python -m server COMMAND``: the processes of the product, and what operators do from a shell."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from server import ledger_commands, logs, office, parking_commands, person_command, purge_command, staff_commands
from server.setting_sources import SettingsError, load_settings
from server.settings import Settings
from server.web import Web
from server.wiring import House, build
from services.files.media.ffmpeg import FfmpegMissingError
from services.persons.erasing import NotErasableError
from services.spaces.purging import NotPurgeableError
from services.storage import migrations

log = logging.getLogger("casespace")

MISUSE = 2
WORKER_NICENESS = 5  # where both want a core, people who wait for an answer go before what follows
Job = Callable[[House, argparse.Namespace], Awaitable[None]]


async def serve(house: House, arguments: argparse.Namespace) -> None:
    """Run the web doors, the worker, or both, until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    web = Web(house) if arguments.command in ("web", "all") else None
    if web is not None:
        await web.start()
    else:
        os.nice(WORKER_NICENESS)
        await house.start()
    halt = asyncio.Event()
    worker = asyncio.create_task(house.worker.run(halt)) if arguments.command in ("worker", "all") else None
    await stop.wait()
    log.info("stopping")
    if web is not None:
        await web.stop()
    halt.set()
    if worker is not None:
        await worker


async def migrate(house: House, arguments: argparse.Namespace) -> None:
    """Bring what is stored up to date and create what is missing: collections, validators, indexes, the bucket."""
    await migrations.run(house.database)
    await house.blobs.ensure_bucket()
    await house.core.second.blobs.ensure_bucket()
    if posted := await house.books.backfill.run():
        log.info("%d payments from before the ledger were posted to it", posted)
    await house.services.rulebook.ensure()
    if joined := await house.services.firms.adopt():
        log.info("%d lawyers joined the firm that their profile names", joined)
    log.info("database and bucket are ready")


async def rotate_keys(house: House, arguments: argparse.Namespace) -> None:
    """Wrap all data keys under the first master key; afterwards the old one can be taken out."""
    log.info("%d data keys wrapped again", await house.vault.rewrap())


JOBS: dict[str, Job] = {
    "web": serve,
    "worker": serve,
    "all": serve,
    "migrate": migrate,
    "seed": office.seed,
    "products": office.products,
    "staff": staff_commands.create,
    "staff-roles": staff_commands.change_roles,
    "staff-disable": staff_commands.disable,
    "staff-enable": staff_commands.enable,
    "staff-reset": staff_commands.reset,
    "verify-lawyer": office.verify_lawyer,
    "ledger": ledger_commands.run,
    "rotate-keys": rotate_keys,
    "parked": parking_commands.parked,
    "purge": purge_command.purge,
    "erase-person": person_command.erase_person,
    "release": parking_commands.release,
}


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(prog="python -m server", description=__doc__)
    commands = main.add_subparsers(dest="command", required=True)
    for name in ("web", "worker", "all", "migrate", "rotate-keys"):
        commands.add_parser(name)
    seed = commands.add_parser("seed", help="fill a development database with the demo office")
    seed.add_argument("--demo", type=Path, required=True, metavar="DIR", help="where demo.json is written")
    products = commands.add_parser("products", help="store a catalogue (JSON); without a file, print an example")
    products.add_argument("file", type=Path, nargs="?")
    parking_commands.add_parsers(commands)
    purge_command.add_parser(commands)
    person_command.add_parser(commands)
    staff_commands.add_parsers(commands)
    licence = commands.add_parser("verify-lawyer", help="note that a lawyer's practising licence was seen")
    licence.add_argument("login")
    licence.add_argument("--name", required=True, help="as the licence says it")
    licence.add_argument("--licence", required=True, help="its number of 17 digits")
    licence.add_argument("--firm", required=True)
    ledger_commands.add_parser(commands.add_parser("ledger", help="rebuild, check and sum up the ledger"))
    return main


def check_topology(settings: Settings, command: str) -> None:
    """A web process and a worker apart need a bus, or cards would not reach the sockets live."""
    if command in ("web", "worker") and settings.redis_url is None:
        raise SettingsError(
            f"`{command}` is one of several processes, which need CASESPACE_REDIS_URL; a single process is `all`"
        )


async def run(arguments: argparse.Namespace, settings: Settings) -> None:
    house = build(settings)
    try:
        await JOBS[arguments.command](house, arguments)
    finally:
        await house.close()


def main() -> int:
    arguments = parser().parse_args()
    try:
        settings = load_settings()
        check_topology(settings, arguments.command)
        logs.configure(settings.log_level, settings.log_format)
        uvloop.run(run(arguments, settings))
    except (SettingsError, FfmpegMissingError, office.OfficeError, NotPurgeableError, NotErasableError) as fault:
        sys.stderr.write(f"{fault}\n")
        return MISUSE
    except ledger_commands.NotInOrderError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
