"""Filling an office: the demo people and products for development; catalogue and lawyers' licences for operators."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

from miniprogram_api.errors import VendorError
from miniprogram_api.http import Call, read_json, to_json
from schemas.api.base import CHINA
from schemas.enums import Role
from schemas.verification_enums import VerificationKind
from server.demo.coupons import NEWCOMER
from server.demo.people import CLIENTS, FIRM, STAFF, DemoClient, DemoStaff
from server.demo.products import PRODUCTS
from server.wiring import House
from services.identity.people import NewClient
from services.ids import new_secret
from services.orders.products import ProductSpec
from services.verification.application_rules import faults, tidied

_CATALOGUE: TypeAdapter[tuple[ProductSpec, ...]] = TypeAdapter(tuple[ProductSpec, ...])


class OfficeError(Exception):
    """The office cannot be filled like that; the text says why."""


async def seed(house: House, arguments: argparse.Namespace) -> None:
    """Create the demo office and write DIR/demo.json; run again, it finds everything in place."""
    settings = house.settings
    if not settings.development or settings.sandbox_url is None:
        raise OfficeError("the demo office is for development with the sandbox only")
    file: Path = arguments.demo / "demo.json"
    before: dict[str, Any] = orjson.loads(file.read_bytes()) if file.is_file() else {}
    known = {person["login"]: person for person in before.get("staff", [])}
    await _firm(house)
    await _coupons(house)
    demo = {
        "staff": [await _staff(house, person, known.get(person.login, {})) for person in STAFF],
        "clients": [await _client(house, person, settings.sandbox_url) for person in CLIENTS],
        "products": await _products(house),
    }
    await house.services.firms.adopt()
    _write_private(file, orjson.dumps(demo, option=orjson.OPT_INDENT_2))


async def products(house: House, arguments: argparse.Namespace) -> None:
    """Store the catalogue of a file; products are known by their ``code`` and placed orders keep what they were."""
    if arguments.file is None:
        sys.stdout.write(_CATALOGUE.dump_json(PRODUCTS, indent=2).decode() + "\n")
        return
    try:
        specs = _CATALOGUE.validate_json(arguments.file.read_bytes())
        stored = await house.services.products.put(specs)
    except OSError as fault:
        raise OfficeError(f"{arguments.file}: {fault.strerror}") from None
    except ValueError as fault:
        raise OfficeError(f"{arguments.file}: {fault}") from None
    for code, product_id in stored.items():
        sys.stdout.write(f"{product_id}  {code}\n")


async def verify_lawyer(house: House, arguments: argparse.Namespace) -> None:
    """Vouch for a lawyer whose licence the operator has seen; counts for a year."""
    user_id = await house.staff.find(arguments.login)
    user = await house.database.users.find_one({"_id": user_id}) if user_id else None
    if user_id is None or user is None or Role.LAWYER not in user["roles"]:
        raise OfficeError(f"{arguments.login} is no lawyer's login")
    values = tidied({"name": arguments.name, "licence_number": arguments.licence, "firm": arguments.firm})
    today = house.core.clock().astimezone(CHINA).date()
    wrong = faults(VerificationKind.LAWYER, {**values, "issued_on": today.isoformat()}, today)
    if wrong:
        raise OfficeError("; ".join(f"{name}: {message}" for name, message in wrong.items()))
    await house.verifying.deciding.vouch(user_id, VerificationKind.LAWYER, values)
    sys.stdout.write(f"{arguments.login} is verified as a lawyer\n")


async def _staff(house: House, person: DemoStaff, known: dict[str, Any]) -> dict[str, Any]:
    password = known.get("password") or new_secret(9)
    secret = known.get("otp_secret")
    user_id = await house.staff.find(person.login)
    if user_id is not None and not known:
        # demo.json was lost: nobody knows the old password any more
        made = await house.staff.reset(person.login, password=password)
        user_id, secret = made.user_id, made.otp_secret
    elif user_id is None:
        made = await house.staff.create(
            person.login,
            person.display_name,
            person.roles,
            password=password,
            otp_secret=secret,
            profile=person.profile,
            on_duty=person.on_duty,
            second_factor=person.second_factor,
        )
        user_id, secret = made.user_id, made.otp_secret
    if person.profile is not None:
        await house.verifying.deciding.vouch(user_id, VerificationKind.LAWYER, _licence(person))
    facts: dict[str, Any] = {
        "user_id": user_id,
        "login": person.login,
        "password": password,
        "display_name": person.display_name,
        "roles": list(person.roles),
    }
    return facts | ({"otp_secret": secret} if person.second_factor else {})


def _licence(person: DemoStaff) -> dict[str, str]:
    """What the practising licence of a demo lawyer says."""
    assert person.profile is not None
    return {
        "name": person.display_name.removesuffix("律师"),
        "licence_number": person.profile.licence_number,
        "firm": person.profile.firm,
    }


async def _client(house: House, person: DemoClient, sandbox_url: str) -> dict[str, Any]:
    user_id = await house.services.accounts.ensure_client(
        NewClient(openid=person.openid, phone=person.phone, display_name=person.display_name)
    )
    await house.services.terms.note(user_id, None)  # invented people: nobody is there to be asked
    facts = {"openid": person.openid, "phone": person.phone, "nickname": person.display_name}
    register = Call(
        "sandbox.users",
        "POST",
        [f"{sandbox_url}/control/users"],
        headers=lambda: {"Content-Type": "application/json"},
        body=to_json(facts),
        idempotent=True,
    )
    try:
        await house.core.http.call(register, lambda answer: read_json("sandbox.users", answer))
    except VendorError as fault:
        raise OfficeError(f"the sandbox does not answer: {fault}") from None
    return {
        "user_id": user_id,
        "openid": person.openid,
        "phone": person.phone,
        "display_name": person.display_name,
    }


async def _firm(house: House) -> None:
    if await house.services.firms.find(FIRM.credit_code) is None:
        await house.services.firms.create(None, FIRM)


async def _coupons(house: House) -> None:
    if not await house.services.coupons.exists(NEWCOMER.code):
        await house.services.coupons.define(None, NEWCOMER)


async def _products(house: House) -> list[dict[str, str]]:
    ids = await house.services.products.put(PRODUCTS)
    return [{"id": ids[spec.code], "kind": spec.kind, "name": spec.name} for spec in PRODUCTS]


def _write_private(file: Path, content: bytes) -> None:
    """Only the owner may read it, and nobody ever reads half of it."""
    part = file.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(content)
    os.replace(part, file)
