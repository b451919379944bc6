"""The seven elements of a case record (C8): all or nothing, suggested from confirmed papers."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pydantic import ValidationError

from schemas.api.evidence import CaseElements
from schemas.api.readings import ConfirmBody
from tests.house import client, lawyer, space_of
from tests.parts.databases import SettingsMaker
from tests.services.files.world import refusal
from tests.services.readings.reading_world import ReadingWorld, iou, open_readings

WHOLE = {
    "case_number": "（2026）京0105民初1234号",
    "firm": "示例律师事务所",
    "lawyer_phone": "13800000001",
    "party_phone": "13800000002",
    "amount_fen": 5_000_000,
    "court": "北京市朝阳区人民法院",
    "cause": "民间借贷纠纷",
}


@pytest_asyncio.fixture
async def world(make_settings: SettingsMaker) -> AsyncIterator[ReadingWorld]:
    with make_settings.for_one_test() as settings:
        async with open_readings(settings) as opened:
            yield opened


@pytest.mark.parametrize("missing", sorted(WHOLE))
def test_none_of_the_seven_may_be_missing(missing: str) -> None:
    with pytest.raises(ValidationError):
        CaseElements.model_validate({name: value for name, value in WHOLE.items() if name != missing})


async def test_saved_sealed_and_for_the_staff(world: ReadingWorld) -> None:
    owner, counsel, other = await client(world.house), await lawyer(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    book = world.house.services.case_elements
    elements = CaseElements.model_validate(WHOLE)
    with refusal("auth.forbidden"):
        await book.put(owner.actor, space_id, elements)
    with refusal("space.not_found"):
        await book.get(other.actor, space_id)
    assert (await book.get(counsel.actor, space_id)).elements is None
    assert (await book.put(counsel.actor, space_id, elements)).elements == elements
    assert (await book.get(counsel.actor, space_id)).elements == elements
    stored = await world.house.database.case_elements.find_one({"_id": space_id})
    assert "13800000002" not in str(stored)
    await world.house.vault.destroy(f"space:{space_id}")
    with refusal("file.gone"):
        await book.get(counsel.actor, space_id)


async def test_suggested_by_papers_that_somebody_confirmed(world: ReadingWorld) -> None:
    owner, counsel = await client(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    view = await world.read(owner, await world.photo(owner, space_id), iou())
    book = world.house.services.case_elements
    assert (await book.get(counsel.actor, space_id)).suggested == {}
    said = {"amount_fen": 4_900_000, "court": "北京市朝阳区人民法院"}
    await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields=said))
    found = await book.get(counsel.actor, space_id)
    assert found.suggested == said
    sources = {one.name: (one.value, one.reading_id, one.kind_label, one.field_label) for one in found.suggestions}
    assert sources == {
        "amount_fen": (4_900_000, view.id, "借条", "金额"),
        "court": ("北京市朝阳区人民法院", view.id, "借条", "法院"),
    }
