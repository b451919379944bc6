"""``python -m server staff`` and ``staff-…``: staff who come, who leave, who come back, who lost a phone."""

import argparse
import sys
from typing import Any

from schemas.enums import Role
from server.office import OfficeError
from server.wiring import House
from services.errors import Problem
from services.identity.staff import Provisioned


def add_parsers(commands: Any) -> None:
    """``commands``: what ``argparse`` gives for subcommands."""
    new = commands.add_parser("staff", help="create a staff account; prints its password and TOTP secret once")
    new.add_argument("login")
    new.add_argument("--name", required=True)
    new.add_argument("--role", action="append", required=True, dest="roles")
    new.add_argument("--on-duty", action="store_true")
    stop = commands.add_parser("staff-disable", help="stop a staff account; its sessions end")
    stop.add_argument("login")
    stop.add_argument("--reason", required=True, choices=("left", "lost", "abuse"), help="goes into the audit trail")
    commands.add_parser("staff-enable", help="let a stopped staff account sign in again").add_argument("login")
    change = commands.add_parser("staff-roles", help="give a staff account other roles; its sessions end")
    change.add_argument("login")
    change.add_argument("--role", action="append", required=True, dest="roles", help="all roles from now on")
    change.add_argument(
        "--on-duty", action=argparse.BooleanOptionalAction, help="support: whether they join new spaces"
    )
    commands.add_parser("staff-reset", help="hand out a new password and TOTP secret").add_argument("login")


async def create(house: House, arguments: argparse.Namespace) -> None:
    """Create one staff account; its secrets are shown once."""
    roles = _roles(arguments.roles)
    try:
        made = await house.staff.create(arguments.login, arguments.name, roles, on_duty=arguments.on_duty)
    except Problem as problem:
        raise OfficeError(f"{problem.code}: {problem.detail}") from None
    show(made)


async def change_roles(house: House, arguments: argparse.Namespace) -> None:
    user_id, roles = await _account(house, arguments.login), _roles(arguments.roles)
    try:
        await house.staff.set_roles(None, user_id, roles, on_duty=arguments.on_duty)
    except Problem as problem:
        raise OfficeError(f"{problem.code}: {problem.detail}") from None
    sys.stdout.write(f"{arguments.login} is now {', '.join(roles)}\n")


async def disable(house: House, arguments: argparse.Namespace) -> None:
    user_id = await _account(house, arguments.login)
    try:
        await house.staff.disable(None, user_id, arguments.reason)
    except Problem as problem:
        raise OfficeError(f"{problem.code}: {problem.detail}") from None
    sys.stdout.write(f"{arguments.login} is stopped\n")


async def enable(house: House, arguments: argparse.Namespace) -> None:
    await house.staff.enable(None, await _account(house, arguments.login))
    sys.stdout.write(f"{arguments.login} may sign in again\n")


async def reset(house: House, arguments: argparse.Namespace) -> None:
    """All sessions end; the new secrets are shown once."""
    try:
        show(await house.staff.reset(arguments.login))
    except Problem as problem:
        raise OfficeError(f"{problem.code}: {problem.detail}") from None


def show(handed: Provisioned) -> None:
    """Secrets that nobody can be shown again."""
    sys.stdout.write(
        f"user id   {handed.user_id}\nlogin     {handed.login}\npassword  {handed.password}\n"
        f"TOTP      {handed.otpauth_uri}\nShown once: hand them over now.\n"
    )


def _roles(names: list[str]) -> list[Role]:
    try:
        return [Role(name) for name in names]
    except ValueError as fault:
        raise OfficeError(f"{fault}; choose from {', '.join(Role)}") from None


async def _account(house: House, login: str) -> str:
    user_id = await house.staff.find(login)
    if user_id is None:
        raise OfficeError(f"{login} is no login of staff")
    return user_id
