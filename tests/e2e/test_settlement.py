"""Ops approve a statement on their phones, two of them, and its lawyer sees that the firm was paid (E3)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from schemas.enums import Role
from server.wiring import House
from services.actors import Actor
from services.ids import new_id
from tests.e2e.conftest import PHONE_SIZE
from tests.e2e.phone import Phone
from tests.house import open_doors, open_house
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.parts.sandboxes import OwnSandbox
from tests.services.settlement_world import Office, open_office

PASSWORD = "correct horse battery"


class Desk:
    """An office whose statements are shown to people with logins."""

    def __init__(self, office: Office, house: House, url: str, chromium: Browser) -> None:
        self.office = office
        self._house = house
        self._url = url
        self._chromium = chromium

    async def employ(self, name: str, role: Role) -> tuple[Actor, str]:
        login = f"login-{new_id()}"
        made = await self._house.staff.create(login, name, [role], password=PASSWORD, second_factor=False)
        return Actor(made.user_id, frozenset({role}), new_id()), login

    async def phone(self, name: str, login: str) -> Phone:
        """Signed in with password, on the page of the person."""
        context = await self._chromium.new_context(
            base_url=self._url, viewport=PHONE_SIZE, device_scale_factor=2, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(15_000)
        phone = Phone(name, context, await context.new_page())
        await phone.page.goto("/sign-in?as=staff")
        await phone.page.get_by_label("账号").fill(login)
        await phone.page.get_by_label("密码").fill(PASSWORD)
        await phone.page.get_by_role("button", name="登录", exact=True).click()
        await phone.page.wait_for_url(lambda url: "/sign-in" not in url)
        return phone


@pytest.fixture
async def desk(
    make_settings: SettingsMaker, parts: RealParts, chromium: Browser, tmp_path: Path
) -> AsyncIterator[Desk]:
    sandbox = OwnSandbox(tmp_path / "sandbox", "http://127.0.0.1:9")
    try:
        async with (
            open_office(make_settings(**sandbox.fields), parts, sandbox.folder) as office,
            open_house(office.settings, office.world.clock) as house,
            open_doors(house) as url,
        ):
            yield Desk(office, house, url, chromium)
    finally:
        sandbox.stop()


async def test_a_statement_goes_from_approval_to_the_lawyer(desk: Desk) -> None:
    office = desk.office
    office.lawyer, lawyer_login = await desk.employ("王律师", Role.LAWYER)
    await office.world.nobody_else()
    await office.world.database.users.update_one({"_id": office.lawyer.user_id}, {"$set": {"disabled": False}})
    await office.settling.firms.join(None, office.firm_id, office.lawyer.user_id)
    await office.served(5)
    await office.served(3, late=True)
    await office.close()
    logins = [(await desk.employ(name, Role.OPS))[1] for name in ("运营小何", "运营小孙")]

    first = (await desk.phone("first", logins[0])).page
    await first.goto("/desk")
    await first.get_by_role("link", name="律所结算").click()
    await first.get_by_role("link", name="明理律师事务所").click()
    await expect(first.get_by_text("交付超时")).to_be_visible()
    await first.get_by_role("button", name="重新核算").click()
    await expect(first.get_by_text("重新计算，结果一致")).to_be_visible()
    await first.get_by_role("button", name="审核通过").click()
    await first.get_by_role("button", name="确定").click()
    await expect(first.get_by_text("您已审核，请另一位同事复核。")).to_be_visible()

    second = (await desk.phone("second", logins[1])).page
    await second.goto(first.url)
    await second.get_by_role("button", name="复核通过").click()
    await second.get_by_role("button", name="确定").click()
    await second.get_by_role("button", name="登记线下转账").click()
    await second.get_by_placeholder("银行流水号").fill("BANK20261122")
    await second.get_by_role("button", name="确定").click()
    await expect(second.locator(".tag", has_text="已付清")).to_be_visible()

    await office.world.work()
    lawyer = (await desk.phone("lawyer", lawyer_login)).page
    await lawyer.goto("/me/notices")
    await lawyer.get_by_role("button", name="结算款已付至律所").click()
    await expect(lawyer.locator(".sum__total")).to_have_text("¥55.86")
    await expect(lawyer.get_by_role("button", name="审核通过")).to_have_count(0)
    async with lawyer.expect_download() as saved:
        await lawyer.get_by_role("button", name="下载 PDF").click()
    assert (await saved.value).suggested_filename == "结算单-第1期-王律师.pdf"
