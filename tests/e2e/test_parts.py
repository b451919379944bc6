"""The page comes in parts: neither an update nor a lost network leaves anybody on a blank page (A5)."""

from urllib.parse import urlsplit

from playwright.async_api import Page, Request, Route, expect

from tests.e2e.conftest import OpenPhone
from tests.e2e.phone import Phone
from tests.e2e.sandbox import Office

ACCOUNT = "**/assets/account-*.js"
TOLD = "页面没有载入，请检查网络后再试"


def count_pages(page: Page) -> list[str]:
    """The documents that are loaded from now on."""
    loaded: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "document":
            loaded.append(request.url)

    page.on("request", note)
    return loaded


async def gone(route: Route) -> None:
    await route.fulfill(status=404, body="gone")


def forgive(phone: Phone) -> None:
    """The browser's own word for what these tests do."""
    phone.faults = [fault for fault in phone.faults if "dynamically imported module" not in fault]


async def test_a_part_of_an_old_version_brings_the_new_page(open_phone: OpenPhone, office: Office) -> None:
    await office.open_case(2)
    client = await open_phone("client")
    await client.page.route(ACCOUNT, gone)
    await client.sign_in_as(office.client(2)["display_name"])
    loaded = count_pages(client.page)

    async def updated(route: Route) -> None:
        await client.page.unroute(ACCOUNT)
        await route.continue_()

    await client.page.route(lambda url: urlsplit(url).path == "/me", updated)
    await client.open_me()
    await expect(client.page.get_by_role("button", name="退出登录")).to_be_visible()
    assert [url.rsplit("/", 1)[-1] for url in loaded] == ["me"]
    forgive(client)


async def test_what_stays_away_is_said_and_makes_no_circle(open_phone: OpenPhone, office: Office) -> None:
    await office.open_case(2)
    client = await open_phone("client")
    await client.page.route(ACCOUNT, gone)
    await client.sign_in_as(office.client(2)["display_name"])
    loaded = count_pages(client.page)
    await client.open_me()
    await expect(client.page.get_by_text("页面没有载入", exact=True)).to_be_visible()
    assert len(loaded) == 1
    await client.page.unroute(ACCOUNT)
    await client.page.get_by_role("button", name="重新加载").click()
    await expect(client.page.get_by_role("button", name="退出登录")).to_be_visible()
    forgive(client)


async def test_without_a_network_one_stays_where_one_is(open_phone: OpenPhone, office: Office) -> None:
    await office.open_case(2)
    client = await open_phone("client")
    await client.page.route(ACCOUNT, lambda route: route.abort("internetdisconnected"))
    await client.sign_in_as(office.client(2)["display_name"])
    await client.page.context.set_offline(True)
    loaded = count_pages(client.page)
    await client.open_me()
    await expect(client.page.get_by_text(TOLD)).to_be_visible()
    assert loaded == []
    await client.page.context.set_offline(False)
    await client.page.unroute(ACCOUNT)
    await client.open_me()
    await expect(client.page.get_by_role("button", name="退出登录")).to_be_visible()
    forgive(client)
