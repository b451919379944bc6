"""Envelope encryption (K2, I10): destroying a key destroys the data; a sealed value cannot be moved or altered."""

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import keys
from services.keys import BlindIndex, DataKey, KeyDestroyedError, SealBrokenError, Vault
from services.storage.database import Database
from services.storage.indexes import apply
from tests.parts.databases import SettingsMaker

OLD, NEW = os.urandom(32), os.urandom(32)


@pytest.fixture(scope="module")
async def database(make_settings: SettingsMaker) -> AsyncIterator[Database]:
    settings = make_settings()
    opened = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    await apply(opened)
    yield opened
    await opened.close()


@given(value=st.binary(max_size=300), place=st.text(max_size=40))
def test_what_is_sealed_opens_at_its_place_only(value: bytes, place: str) -> None:
    key = DataKey(OLD)
    sealed = key.seal(value, place)
    assert key.open(sealed, place) == value
    assert key.seal(value, place) != sealed, "equal values must not look equal"
    with pytest.raises(SealBrokenError):
        key.open(sealed, place + "x")
    with pytest.raises(SealBrokenError):
        DataKey(NEW).open(sealed, place)


@given(value=st.text(min_size=1, max_size=50), data=st.data())
def test_an_altered_or_cut_value_is_refused(value: str, data: st.DataObject) -> None:
    key = DataKey(OLD)
    sealed = key.seal_text(value, "user:1:phone")
    assert key.open_text(sealed, "user:1:phone") == value
    at = data.draw(st.integers(0, len(sealed) - 1))
    altered = sealed[:at] + bytes([sealed[at] ^ data.draw(st.integers(1, 255))]) + sealed[at + 1 :]
    for broken in (altered, sealed[:at], sealed + b"x"):
        with pytest.raises(SealBrokenError):
            key.open_text(broken, "user:1:phone")


def test_the_sealed_form_says_nothing_of_the_value() -> None:
    sealed = DataKey(OLD).seal_text("13912345678", "user:1:phone")
    assert b"139" not in sealed
    assert len(sealed) == 1 + 12 + 11 + 16


def test_derived_keys_differ_by_purpose_and_key() -> None:
    one, other = DataKey(OLD), DataKey(NEW)
    derived = {one.derive("file:1"), one.derive("file:2"), other.derive("file:1"), OLD, NEW}
    assert len(derived) == 5
    assert one.derive("file:1") == DataKey(OLD).derive("file:1")
    assert all(len(key) == 32 for key in derived)


def test_the_blind_index_finds_equal_values_of_a_kind_under_one_key_only() -> None:
    index = BlindIndex(OLD)
    assert index.lookup("phone", "13912345678") == BlindIndex(OLD).lookup("phone", "13912345678")
    assert (
        len(
            {
                index.lookup("phone", "13912345678"),
                index.lookup("openid", "13912345678"),
                index.lookup("phone", "13912345679"),
                BlindIndex(NEW).lookup("phone", "13912345678"),
                index.lookup("phone\0139", "12345678"),
            }
        )
        == 5
    )


async def test_a_key_is_made_once_and_every_process_gets_the_same(database: Database) -> None:
    vaults = [Vault(database, {"m1": OLD}) for _ in range(8)]
    made = await asyncio.gather(*(vault.key("user:race") for vault in vaults for _ in range(3)))
    sealed = made[0].seal_text("x", "p")
    assert {key.open_text(sealed, "p") for key in made} == {"x"}
    assert await database.data_keys.count_documents({"_id": "user:race"}) == 1


async def test_a_wrapped_key_is_bound_to_its_subject(database: Database) -> None:
    vault = Vault(database, {"m1": OLD})
    await vault.key("user:a")
    await vault.key("user:b")
    stolen = await database.data_keys.find_one({"_id": "user:a"})
    assert stolen is not None
    await database.data_keys.update_one({"_id": "user:b"}, {"$set": {"wrapped": stolen["wrapped"]}})
    with pytest.raises(SealBrokenError):
        await Vault(database, {"m1": OLD}).key("user:b")
    await database.data_keys.update_one({"_id": "user:b"}, {"$set": {"wrapped": b"short"}})
    with pytest.raises(SealBrokenError):
        await Vault(database, {"m1": OLD}).key("user:b")


async def test_an_unknown_master_key_is_named(database: Database) -> None:
    await Vault(database, {"m1": OLD}).key("user:c")
    with pytest.raises(SealBrokenError, match="m1"):
        await Vault(database, {"m2": NEW}).key("user:c")
    with pytest.raises(SealBrokenError):
        await Vault(database, {"m1": NEW}).key("user:c")


async def test_a_destroyed_key_is_gone_for_good(database: Database) -> None:
    """I10: purge."""
    vault = Vault(database, {"m1": OLD})
    await vault.key("space:gone")
    await vault.destroy("space:gone")
    for process in (vault, Vault(database, {"m1": OLD})):
        with pytest.raises(KeyDestroyedError):
            await process.key("space:gone")
    stored = await database.data_keys.find_one({"_id": "space:gone"})
    assert stored is not None
    assert set(stored) == {"_id", "schema_version", "created_at", "destroyed_at"}


async def test_a_subject_destroyed_before_it_had_a_key_never_gets_one(database: Database) -> None:
    vault = Vault(database, {"m1": OLD})
    await vault.destroy("user:never")
    with pytest.raises(KeyDestroyedError):
        await vault.key("user:never")


async def test_another_process_notices_a_destroyed_key(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    here, elsewhere = Vault(database, {"m1": OLD}), Vault(database, {"m1": OLD})
    monkeypatch.setattr(keys, "REMEMBERED_SECONDS", 0.2)
    await elsewhere.key("space:shared")
    await here.key("space:shared")
    await here.destroy("space:shared")
    await asyncio.sleep(0.25)
    with pytest.raises(KeyDestroyedError):
        await elsewhere.key("space:shared")


async def test_a_new_key_is_committed_with_its_subject_or_not_at_all(database: Database) -> None:
    vault = Vault(database, {"m1": OLD})

    async def fails(session: object) -> None:
        await vault.new_key("space:failed", session)  # type: ignore[arg-type]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.transaction(fails)
    assert await database.data_keys.find_one({"_id": "space:failed"}) is None

    async def works(session: object) -> bytes:
        key = await vault.new_key("space:made", session)  # type: ignore[arg-type]
        return key.seal(b"x", "p")

    sealed = await database.transaction(works)
    assert (await vault.key("space:made")).open(sealed, "p") == b"x"


async def test_rotation_wraps_again_and_then_the_old_master_can_go(make_settings: SettingsMaker) -> None:
    settings = make_settings()
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    await apply(database)
    before = Vault(database, {"old": OLD})
    sealed = {f"user:{n}": (await before.key(f"user:{n}")).seal_text(f"{n}", "p") for n in range(25)}
    await before.destroy("user:3")
    both = Vault(database, {"new": NEW, "old": OLD})
    assert (await both.key("user:1")).open_text(sealed["user:1"], "p") == "1"
    changed = await asyncio.gather(both.rewrap(batch=4), Vault(database, {"new": NEW, "old": OLD}).rewrap(batch=7))
    assert sum(changed) == 24
    assert await both.rewrap() == 0
    after = Vault(database, {"new": NEW})
    for subject, value in sealed.items():
        if subject == "user:3":
            with pytest.raises(KeyDestroyedError):
                await after.key(subject)
        else:
            assert (await after.key(subject)).open_text(value, "p") == subject.removeprefix("user:")
    await database.close()


async def test_the_cache_is_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_CACHED_KEYS", 5)
    vault = Vault(database, {"m1": OLD})
    for number in range(12):
        await vault.key(f"user:many{number}")
    assert len(vault._cache) == 5
