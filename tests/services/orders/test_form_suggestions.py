"""Forms are filled in from one's own confirmed papers, entry by entry, by the person's hand (F2)."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from ocr import Field, Reading
from schemas.api.readings import ConfirmBody
from services.orders.products import FormField, ProductSpec
from services.readings.confirmed_papers import ConfirmedPaper
from services.readings.suggesting import MOST, Entry, suggestions
from tests.house import Person, client, lawyer, space_of
from tests.parts.databases import SettingsMaker
from tests.services.files.world import refusal
from tests.services.readings.reading_world import ID_NUMBER, ReadingWorld, identity_card, iou, open_readings

FILING = ProductSpec(
    code="filing",
    name="立案",
    kind="filing",
    summary="",
    description="",
    price_fen=100,
    promises={},
    steps=(),
    form=(
        FormField("amount", "争议金额（元）", max_length=20, filled_by=("amount_fen",)),
        FormField("other_party", "对方", filled_by=("borrower", "name")),
        FormField("number", "证件号码", filled_by=("id_number",)),
        FormField("wish", "愿望"),
    ),
)


def paper(number: int, **values: object) -> ConfirmedPaper:
    return ConfirmedPaper(f"r{number}", f"f{number}", "s", "iou", dict(values), 1, None)


def test_the_newest_paper_comes_first_and_a_value_once() -> None:
    papers = [paper(2, borrower="李四"), paper(1, borrower="李四", lender="张三")]
    found = suggestions([Entry("other_party", ("borrower", "lender"))], papers)
    assert [(one.value, one.reading_id, one.field_label) for one in found] == [
        ("李四", "r2", "借款人"),
        ("张三", "r1", "出借人"),
    ]


def test_money_is_text_in_a_text_and_fen_in_an_amount() -> None:
    papers = [paper(1, amount_fen=5_000_05)]
    assert [one.value for one in suggestions([Entry("a", ("amount_fen",))], papers)] == ["5000.05"]
    assert [one.value for one in suggestions([Entry("a", ("amount_fen",), as_text=False)], papers)] == [500_005]


def test_what_does_not_fit_is_not_suggested() -> None:
    papers = [paper(1, court="北京市朝阳区人民法院", cause="", messages=[{"speaker": "a", "text": "b"}])]
    assert suggestions([Entry("court", ("court",), longest=5), Entry("x", ("cause", "messages", "firm"))], papers) == []
    assert suggestions([Entry("court", ("court",), choices=("上海市黄浦区人民法院",))], papers) == []
    many = [paper(number, borrower=f"李{number}") for number in range(MOST + 3)]
    assert len(suggestions([Entry("who", ("borrower",))], many)) == MOST


@pytest_asyncio.fixture
async def world(make_settings: SettingsMaker) -> AsyncIterator[ReadingWorld]:
    with make_settings.for_one_test() as settings:
        async with open_readings(settings) as opened:
            yield opened


async def confirmed(world: ReadingWorld, person: Person, space_id: str, reading: Reading, **fields: str) -> str:
    view = await world.read(person, await world.photo(person, space_id), reading)
    await world.readings.confirm(person.actor, view.id, ConfirmBody(fields=fields or {"title": "原件"}))
    return view.id


async def test_one_s_own_confirmed_papers_fill_in_the_next_order(world: ReadingWorld) -> None:
    product_id = (await world.house.services.products.put([FILING]))["filing"]
    owner, counsel, stranger = await client(world.house), await lawyer(world.house), await client(world.house)
    space_id = await space_of(world.house, owner, counsel)
    ask = world.house.services.form_suggestions.of_product
    unconfirmed = await world.read(owner, await world.photo(owner, space_id), iou())
    assert (await ask(owner.actor, product_id)).items == []
    await world.readings.confirm(owner.actor, unconfirmed.id, ConfirmBody(fields={"borrower": "李四"}))
    found = (await ask(owner.actor, product_id)).items
    assert [(one.name, one.value, one.reading_id, one.space_id) for one in found] == [
        ("amount", "50000.00", unconfirmed.id, space_id),
        ("other_party", "李四", unconfirmed.id, space_id),
    ]
    for somebody in (stranger, counsel):
        assert (await ask(somebody.actor, product_id)).items == []
    await world.house.database.files.update_one({"_id": unconfirmed.file_id}, {"$set": {"held": True}})
    assert (await ask(owner.actor, product_id)).items == []
    with refusal("product.not_found"):
        await ask(owner.actor, "f" * 24)


async def test_numbers_on_papers_that_others_brought_stay_masked(world: ReadingWorld) -> None:
    product_id = (await world.house.services.products.put([FILING]))["filing"]
    owner, other = await client(world.house), await client(world.house, "旁人")
    space_id = await space_of(world.house, owner, other)
    card = replace(identity_card(), fields={**identity_card().fields, "borrower": Field("李四", 0.9, False, None, 0)})
    await confirmed(world, other, space_id, card)
    ask = world.house.services.form_suggestions.of_product
    assert [one.value for one in (await ask(owner.actor, product_id)).items] == ["李四", "王晓"]
    assert ID_NUMBER in [one.value for one in (await ask(other.actor, product_id)).items]


async def test_a_purged_case_fills_in_nothing(world: ReadingWorld) -> None:
    product_id = (await world.house.services.products.put([FILING]))["filing"]
    owner = await client(world.house)
    purged, kept = await space_of(world.house, owner), await space_of(world.house, owner)
    for space_id in (purged, kept):
        await confirmed(world, owner, space_id, iou(), borrower=space_id)
    await world.house.vault.destroy(f"space:{purged}")
    found = (await world.house.services.form_suggestions.of_product(owner.actor, product_id)).items
    assert [one.value for one in found if one.name == "other_party"] == [kept]
