"""Browsers for the end-to-end tests: a real headless Chromium, one context for each person."""

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Geolocation, ViewportSize, async_playwright, expect

from tests.e2e.phone import Phone
from tests.e2e.sandbox import Office
from tests.parts.product import Product
from tests.patience import PATIENCE

PICTURES = Path(__file__).resolve().parent.parent.parent / "var" / "e2e"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
COURT: Geolocation = {"latitude": 39.9219, "longitude": 116.4436}
PHONE_SIZE: ViewportSize = {"width": 390, "height": 844}
DESK_SIZE: ViewportSize = {"width": 1280, "height": 800}

OpenPhone = Callable[..., Awaitable[Phone]]
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def chromium_path() -> str:
    """The machine's own Chromium: the client package downloads none."""
    path = next((found for found in map(shutil.which, CHROMIUM) if found), None)
    assert path is not None, "the end-to-end tests need a Chromium on PATH"
    return path


@pytest.fixture(scope="package")
async def chromium() -> AsyncIterator[Browser]:
    """Gone with the package: an idle Chromium takes a tenth of a core from the tests that follow."""
    expect.set_options(timeout=PATIENCE * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        yield browser
        await browser.close()


@pytest.fixture
async def open_phone(chromium: Browser, product: Product, request: pytest.FixtureRequest) -> AsyncIterator[OpenPhone]:
    """``await open_phone("client", desk=False)`` → a Phone of its own. No page may end a test with faults."""
    phones: list[Phone] = []

    async def open_one(name: str, *, desk: bool = False) -> Phone:
        context = await chromium.new_context(
            base_url=product.base_url,
            viewport=DESK_SIZE if desk else PHONE_SIZE,
            device_scale_factor=1 if desk else 2,
            is_mobile=not desk,
            has_touch=not desk,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            permissions=["microphone", "geolocation"],
            geolocation=COURT,
        )
        context.set_default_timeout(PATIENCE * 1000)
        phones.append(Phone(name, context, await context.new_page()))
        return phones[-1]

    yield open_one
    for phone in phones:
        if request.node.stash.get(FAILED, False):
            PICTURES.mkdir(parents=True, exist_ok=True)
            safe = re.sub(r"\W+", "-", request.node.name)
            await phone.page.screenshot(path=PICTURES / f"{safe}-{phone.name}.png")
        await phone.context.close()
    assert [fault for phone in phones for fault in phone.faults] == []


@pytest.fixture(scope="session")
def office(product: Product) -> Office:
    """The sandbox, and the API for what a test takes for granted."""
    return Office(product)
