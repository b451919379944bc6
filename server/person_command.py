"""``python -m server erase-person``: end a person's account and what names them (K2; 个人信息保护法 47)."""

import argparse
import re
import sys
from dataclasses import asdict
from typing import Any

import orjson

from server.wiring import House
from services.persons.erasing import NotErasableError


def add_parser(commands: Any) -> None:
    """``commands``: what ``argparse`` gives for subcommands."""
    erase = commands.add_parser("erase-person", help="erase a client; without --yes-erase, tell what would go")
    erase.add_argument("person", metavar="USER_ID", help="as the desk's directory shows it")
    erase.add_argument("--reason", required=True, help="goes into the audit trail: whose wish, or which rule")
    erase.add_argument("--yes-erase", metavar="USER_ID", help="once more: this cannot be undone")


async def erase_person(house: House, arguments: argparse.Namespace) -> None:
    """Tell, or do, and print which as JSON: to be kept as the certificate.

    Raises NotErasableError.
    """
    person, sure = arguments.person, arguments.yes_erase
    if not re.fullmatch(r"[0-9a-f]{24}", person):
        raise NotErasableError(f"{person} is no id of a person")
    if sure is not None and sure != person:
        raise NotErasableError("--yes-erase names another person: nothing was done")
    erasing = house.persons.erasing
    done = await (erasing.erase(person, arguments.reason) if sure else erasing.look(person))
    told = {
        "erased_at": house.core.clock().isoformat(timespec="seconds") if sure else None,
        "reason": arguments.reason,
        **asdict(done),
    }
    sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
