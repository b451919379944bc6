"""Declared indexes and validators are what a real server reports, and nothing besides."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo import IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import OperationFailure, WriteError

from services.clock import utc_now
from services.ids import new_id
from services.storage import indexes
from services.storage.database import Database
from services.storage.indexes import COLLECTIONS, Collection, apply
from tests.parts.databases import SettingsMaker


@pytest.fixture(scope="module")
async def database(make_settings: SettingsMaker) -> AsyncIterator[Database]:
    settings = make_settings.of_new_database()
    opened = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    await apply(opened)
    await apply(opened)  # may be run again, and while serving
    yield opened
    await opened.close()


def shape(document: dict[str, Any]) -> dict[str, Any]:
    """An index without what the server adds by itself."""
    return {name: value for name, value in document.items() if name not in ("v", "key")} | {
        "key": [(field, int(way)) for field, way in dict(document["key"]).items()]
    }


@pytest.mark.parametrize("spec", COLLECTIONS, ids=lambda spec: spec.name)
async def test_a_collection_is_as_declared(database: Database, spec: Collection) -> None:
    reported = [shape(dict(index)) async for index in await database.raw[spec.name].list_indexes()]
    declared = [shape(index.document) for index in spec.indexes]
    by_name = {index["name"]: index for index in reported if index["name"] != "_id_"}
    assert by_name == {index["name"]: index for index in declared}
    (facts,) = await (await database.raw.list_collections(filter={"name": spec.name})).to_list()
    assert facts["options"].get("validator", {}) == spec.validator


async def test_every_collection_of_the_code_is_declared_and_no_other(database: Database) -> None:
    used = {value.name for value in vars(database).values() if isinstance(value, AsyncCollection)}
    assert used == {spec.name for spec in COLLECTIONS}
    assert set(await database.raw.list_collection_names()) == used


async def test_a_changed_index_is_a_decision_and_not_made_by_itself(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = Collection("users", (IndexModel([("roles", 1), ("on_duty", 1)], name="duty", unique=True),))
    monkeypatch.setattr(indexes, "COLLECTIONS", (changed,))
    with pytest.raises(OperationFailure):
        await apply(database)


async def test_validators_protect_money(database: Database) -> None:
    payment = {
        "_id": new_id(),
        "subject": {"kind": "order", "id": new_id()},
        "out_trade_no": new_id(),
        "amount_fen": 4900,
        "state": "closed",
        "created_at": utc_now(),
    }
    await database.raw.payments.insert_one(dict(payment))
    for wrong in ({"amount_fen": 49.0}, {"amount_fen": 0}, {"amount_fen": -1}, {"amount_fen": "4900"}, {"state": None}):
        broken = payment | wrong | {"_id": new_id(), "out_trade_no": new_id()}
        if wrong == {"state": None}:
            del broken["state"]
        with pytest.raises(WriteError):
            await database.raw.payments.insert_one(broken)
    with pytest.raises(WriteError):
        await database.raw.payments.update_one({"_id": payment["_id"]}, {"$set": {"amount_fen": 0.01}})


@pytest.mark.parametrize("state", ["succeeded", "pending"])
async def test_a_thing_is_paid_once_and_waits_for_one_payment(database: Database, state: str) -> None:
    def payment(order_id: str, kind: str = "order") -> dict[str, Any]:
        return {
            "_id": new_id(),
            "subject": {"kind": kind, "id": order_id},
            "out_trade_no": new_id(),
            "amount_fen": 1,
            "state": state,
            "created_at": utc_now() + timedelta(0),
        }

    order = new_id()
    await database.raw.payments.insert_one(payment(order))
    with pytest.raises(OperationFailure, match="E11000"):
        await database.raw.payments.insert_one(payment(order))
    await database.raw.payments.insert_one(payment(new_id()))
    await database.raw.payments.insert_one(payment(order, "quote"))
