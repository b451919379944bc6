"""``python -m server purge``: destroy the content of a case for good, and certify it (I10, K2)."""

import argparse
import sys
from dataclasses import asdict
from typing import Any

import orjson

from server.wiring import House
from services.spaces.purging import NotPurgeableError


def add_parser(commands: Any) -> None:
    """``commands``: what ``argparse`` gives for subcommands."""
    purge = commands.add_parser("purge", help="destroy what was said, read and told in a case that is over, for good")
    purge.add_argument("space", metavar="SPACE_ID", help="of the case; its hearings go with it")
    purge.add_argument("--reason", required=True, help="goes into the audit trail: whose wish, or which rule")
    purge.add_argument("--yes-destroy", required=True, metavar="SPACE_ID", help="once more: this cannot be undone")


async def purge(house: House, arguments: argparse.Namespace) -> None:
    """Purge, and print what is gone as JSON: to be kept as the certificate.

    Raises NotPurgeableError.
    """
    if arguments.yes_destroy != arguments.space:
        raise NotPurgeableError("--yes-destroy names another space: nothing was done")
    done = await house.purging.purge(arguments.space, arguments.reason)
    certificate = {
        "purged_at": house.core.clock().isoformat(timespec="seconds"),
        "reason": arguments.reason,
        "spaces": [asdict(one) for one in done],
    }
    sys.stdout.write(orjson.dumps(certificate, option=orjson.OPT_INDENT_2).decode() + "\n")
