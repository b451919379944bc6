"""One sandbox for the tests of settlement: their calendar runs on by months, and its clock must follow."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.parts.sandboxes import OwnSandbox
from tests.services.settlement_world import Office, open_office


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnSandbox]:
    own = OwnSandbox(tmp_path_factory.mktemp("settlement") / "sandbox", "http://127.0.0.1:9")
    yield own
    own.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def office(make_settings: SettingsMaker, parts: RealParts, sandbox: OwnSandbox) -> AsyncIterator[Office]:
    """A firm whose payments are opened for sharing; at most 30 % of each, as the vendor has it."""
    with make_settings.for_one_test(**sandbox.fields, pay_profit_sharing=True) as settings:
        async with open_office(settings, parts, sandbox.folder) as opened:
            await opened.rules(sharing_max_ratio=3000, sharing_fail_reason=None, refund_gap_seconds=0)
            yield opened
