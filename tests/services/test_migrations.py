"""An older database is brought up to date without losing what guards the money."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from services.ids import new_id
from services.storage import migrations
from services.storage.database import Database
from tests.parts.databases import SettingsMaker


def old_payment(order_id: str) -> dict[str, Any]:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    money = {"order_id": order_id, "amount_fen": 4900, "state": "succeeded", "created_at": at}
    return {"_id": new_id(), "out_trade_no": new_id(), **money}


async def test_payments_of_orders_get_their_subject_and_stay_unique(make_settings: SettingsMaker) -> None:
    settings = make_settings.of_new_database()
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    only_paid = {"state": "succeeded"}
    old = IndexModel("order_id", name="paid_once", unique=True, partialFilterExpression=only_paid)
    await database.raw.payments.create_indexes([old])
    order = new_id()
    await database.raw.payments.insert_one(old_payment(order))
    await migrations.run(database)
    await migrations.run(database)
    (payment,) = await database.payments.find({"order_id": order}).to_list()
    assert payment["subject"] == {"kind": "order", "id": order}
    assert "paid_once" not in await database.payments.index_information()
    with pytest.raises(DuplicateKeyError):  # the order itself is paid
        await database.raw.payments.insert_one(old_payment(order) | {"subject": {"kind": "order", "id": order}})
    await database.raw.payments.insert_one(old_payment(order) | {"subject": {"kind": "quote", "id": new_id()}})
    await database.close()
