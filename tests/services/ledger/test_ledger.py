"""The ledger is balanced, immutable in effect, and posts one cause once (E1)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.money import LineDocument
from services.ledger import accounts
from services.ledger.ledger import ConflictingPostingError, Ledger, UnbalancedError, lines
from services.storage import indexes
from services.storage.database import Database
from tests.parts.databases import SettingsMaker

WECHAT = accounts.account(accounts.Kind.PROVIDER, "1900000001")
ORDER = accounts.account(accounts.Kind.ORDER, "o1")


@pytest_asyncio.fixture(loop_scope="session")
async def database(make_settings: SettingsMaker) -> AsyncIterator[Database]:
    with make_settings.for_one_test() as settings:
        database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
        await indexes.apply(database)
        yield database
        await database.close()


async def post(database: Database, cause: str, posted: list[LineDocument]) -> None:
    async def work(session: AsyncClientSession) -> None:
        await Ledger(database).post(session, cause, "payment", posted, order_id="o1")

    await database.transaction(work)


def test_what_does_not_add_up_or_is_not_of_the_chart_is_refused() -> None:
    with pytest.raises(UnbalancedError):
        lines((WECHAT, 100), (ORDER, -99))
    with pytest.raises(UnbalancedError):
        lines(("pocket:me", 100), (ORDER, -100))
    assert lines((WECHAT, 100), (ORDER, -100), (accounts.COUPONS, 0)) == [
        {"account": WECHAT, "fen": 100},
        {"account": ORDER, "fen": -100},
    ]


@pytest.mark.asyncio(loop_scope="session")
async def test_one_cause_is_posted_once_and_never_otherwise(database: Database) -> None:
    ledger = Ledger(database)
    await post(database, "payment:p1", lines((WECHAT, 100), (ORDER, -100)))
    await post(database, "payment:p1", lines((WECHAT, 100), (ORDER, -100)))
    await post(database, "refund:r1", lines((WECHAT, -30), (ORDER, 30)))
    assert await ledger.balances([WECHAT, ORDER, accounts.COUPONS]) == {WECHAT: 70, ORDER: -70}
    with pytest.raises(ConflictingPostingError):
        await post(database, "payment:p1", lines((WECHAT, 101), (ORDER, -101)))
    assert await ledger.balance(WECHAT) == 70
