"""Where an act asks who somebody is (B2), at phone size: told so early, led to the verification, and back."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from schemas.verification_enums import VerificationKind
from server.embedded.ports import KeptPorts
from server.wiring import House
from tests.house import open_doors, open_house
from tests.parts.databases import SettingsMaker
from tests.services.hearings.hearing_world import called
from tests.services.hearings.test_proofs_demanded import to_be_signed
from tests.services.verification.verification_world import card, id_number
from tests.voice.inside.court_phone import CourtPhone, phone_of


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    port = KeptPorts(tmp_path_factory.mktemp("ports") / "ports.json").get("web")
    settings = make_settings(http_port=port, public_url=f"http://127.0.0.1:{port}", identity_demanded=True)
    async with open_house(settings) as opened, open_doors(opened):
        yield opened


async def draw(phone: CourtPhone) -> None:
    """A stroke across the pad, by finger."""
    box = await phone.page.get_by_label("手写签名区").bounding_box()
    assert box is not None
    await phone.page.mouse.move(box["x"] + 40, box["y"] + 60)
    await phone.page.mouse.down()
    await phone.page.mouse.move(box["x"] + 240, box["y"] + 160, steps=8)
    await phone.page.mouse.up()
    await phone.button("确认签名").click()


async def test_a_signature_waits_for_a_proof(house: House, chromium: Browser) -> None:
    world = await called(house)
    zhao = await phone_of(world, chromium, world.zhao, "zhao")
    await zhao.page.goto(f"/hearings/{world.id}")
    await expect(zhao.page.get_by_text("入庭和签名前须实名认证")).to_be_visible()
    await expect(zhao.person("王晓")).to_contain_text("未实名")
    await zhao.picture("proof-early")

    await to_be_signed(world)
    witness = await phone_of(world, chromium, world.witness, "witness")
    await witness.page.goto(f"/hearings/{world.id}/minutes")
    await witness.button("签名").click()
    await expect(witness.page.get_by_role("alertdialog")).to_contain_text("请先完成实名认证")
    await witness.picture("proof-wanted")
    await witness.button("去认证").click()
    await expect(witness.page.get_by_role("button", name="同意并开始")).to_be_visible()
    await expect(witness.page.get_by_text("发送给腾讯云")).to_be_visible()
    await house.verifying.deciding.vouch(world.witness.id, VerificationKind.PERSON, card(id_number(), "孙证"))
    await witness.page.reload()
    await witness.picture("proof-given")
    await witness.page.get_by_role("link", name="返回继续办理").click()
    await witness.button("签名").click()
    await draw(witness)
    await expect(witness.page.get_by_label("签名情况")).to_contain_text("已实名认证")
    await witness.picture("proof-signed")
    assert witness.phone.faults + zhao.phone.faults == []
