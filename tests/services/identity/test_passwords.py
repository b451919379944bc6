"""Passwords: Argon2id off the loop, and the same time for nobody."""

import asyncio
import importlib.util

import pytest
from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

from services.identity.passwords import Passwords

CHEAP = PasswordHasher(1, 64, 1)


async def test_fits_only_the_right_one() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert await passwords.verify("correct horse battery", stored)
    assert not await passwords.verify("correct horse batter", stored)


async def test_nobodys_password_never_fits() -> None:
    passwords = Passwords(CHEAP)
    assert not await passwords.verify("anything at all", None)
    assert not await passwords.verify("anything at all", "not a hash")


async def test_a_short_one_is_refused() -> None:
    with pytest.raises(ValueError, match="10 characters"):
        await Passwords(CHEAP).hash("too short")


async def test_a_hash_at_another_cost_is_outdated() -> None:
    stored = await Passwords(CHEAP).hash("correct horse battery")
    assert Passwords(PasswordHasher(2, 64, 1)).is_outdated(stored)
    assert not Passwords(CHEAP).is_outdated(stored)


def test_the_product_pays_what_rfc_9106_recommends() -> None:
    """Other tests pay less (`tests/conftest.py`), so the module is read once more."""
    spec = importlib.util.find_spec("services.identity.passwords")
    assert spec is not None
    assert spec.loader is not None
    unchanged = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(unchanged)
    assert not unchanged.COST.check_needs_rehash(PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY).hash("a password"))


async def test_the_loop_goes_on_meanwhile() -> None:
    passwords = Passwords(PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY))  # at full cost
    checking = asyncio.gather(*(passwords.verify("anything at all", None) for _ in range(4)))
    turns = 0
    while not checking.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert await checking == [False] * 4
    assert turns > 10  # computed on the loop, each of the four would take one turn
