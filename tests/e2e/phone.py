"""A person's phone: the H5 client in a browser of phone size, driven as a finger would."""

import re
import time
from contextlib import suppress
from pathlib import Path

from playwright.async_api import BrowserContext, ConsoleMessage, FloatRect, Locator, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.e2e.waiting import until
from tests.patience import PATIENCE

CHAT = ".chat"
AXE = Path(__file__).resolve().parent.parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"
# What keeps somebody from using a page; what axe calls moderate or minor is looked at by people.
_BARRIERS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}"""


async def no_barriers(page: Page) -> None:
    """Nothing that is shown is a serious barrier (contrast, names, roles, order) by axe-core's rules of WCAG."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text("utf-8"))
    barriers: list[str] = await page.evaluate(_BARRIERS)
    assert not barriers, "\n".join([page.url, *barriers])


class Phone:
    """One browser context with one page. ``faults`` collects what a developer would see in red."""

    def __init__(self, name: str, context: BrowserContext, page: Page) -> None:
        self.name = name
        self.context = context
        self.page = page
        self.faults: list[str] = []
        self.watch(page)

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"{self.name}: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.faults.append(f"{self.name}: {message.text}")

    def see(self, text: str) -> Locator:
        """A whole line of text in the chat."""
        return self.page.locator(CHAT).get_by_text(text, exact=True)

    # --- signing in

    async def sign_in_as(self, display_name: str) -> None:
        """By the picker of demo accounts, which stands on the sign-in page in development."""
        await self.page.goto("/sign-in")
        await self.page.get_by_role("button", name="演示账号").click()
        await self.page.locator(".person", has_text=display_name).click()
        await expect(self.page.get_by_role("navigation", name="主导航")).to_be_visible()
        await self.page.wait_for_url(lambda url: "/sign-in" not in url)

    async def open_me(self) -> None:
        """By the tab bar, where a badge may stand before the word."""
        await self.page.get_by_role("navigation", name="主导航").get_by_role("link", name=re.compile("我$")).click()

    # --- spaces

    async def open_list(self) -> None:
        await self.page.goto("/spaces")
        await expect(self.page.locator(".desk__list .nav__name")).to_contain_text("消息")

    def listed(self, space_id: str) -> Locator:
        return self.page.locator(f'a.row[href="/spaces/{space_id}"]')

    async def unread(self, space_id: str) -> int:
        badge = self.listed(space_id).locator(".row__badge")
        return int(await badge.inner_text()) if await badge.count() else 0

    async def open_space(self, space_id: str) -> None:
        await self.page.goto(f"/spaces/{space_id}")
        await self.at_space()

    async def at_space(self) -> str:
        """Wait until a space is shown and live; its id."""
        await self.page.wait_for_url("**/spaces/*")
        await expect(self.page.locator(f"{CHAT} .list__inner")).to_be_visible()
        await expect(self.page.locator(f"{CHAT} .composer")).to_be_visible()
        return self.page.url.rsplit("/", 1)[1]

    # --- the chat

    async def say(self, text: str) -> None:
        await self.page.get_by_label("消息", exact=True).fill(text)
        await self.page.get_by_role("button", name="发送", exact=True).click()

    def said(self, text: str) -> Locator:
        return self.page.locator(f"{CHAT} .text", has_text=text)

    async def texts(self) -> list[str]:
        return await self.page.locator(f"{CHAT} .text").all_inner_texts()

    def mine(self, selector: str) -> Locator:
        return self.page.locator(f"{CHAT} .row--mine {selector}")

    async def all_sent(self) -> None:
        """Nothing waits and nothing failed."""
        await expect(self.page.locator(f"{CHAT} .row__waiting")).to_have_count(0)
        await expect(self.page.locator(f"{CHAT} .row__failed")).to_have_count(0)

    async def more(self) -> None:
        """Open the "+" panel."""
        if not await self.page.get_by_role("group", name="更多功能").is_visible():
            await self.page.get_by_role("button", name="更多功能").click()

    async def send_photo(self, path: Path) -> None:
        await self.more()
        await self.page.get_by_label("选择照片").set_input_files(path)

    async def send_file(self, path: Path) -> None:
        await self.more()
        await self.page.get_by_label("选择文件").set_input_files(path)

    async def send_voice(self, milliseconds: int) -> None:
        """Hold the button and talk; the browser's fake microphone beeps."""
        await self.page.get_by_role("button", name="切换到语音").click()
        button = self.page.get_by_role("button", name="按住 说话")
        box = await button.bounding_box()
        assert box is not None
        await self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await self.page.mouse.down()
        await expect(self.page.get_by_text("松开发送，上滑取消")).to_be_visible()
        await self.page.wait_for_timeout(milliseconds)
        await self.page.mouse.up()
        await self.page.get_by_role("button", name="切换到键盘").click()

    async def send_place(self, name: str, address: str) -> None:
        await self.more()
        await self.page.get_by_role("button", name="位置", exact=True).click()
        await expect(self.page.get_by_text("已定位")).to_be_visible()
        await self.page.get_by_label("地点名称").fill(name)
        await self.page.get_by_label("详细地址").fill(address)
        await self.page.get_by_role("dialog", name="发送位置").get_by_role("button", name="发送").click()

    async def hold(self, target: Locator) -> None:
        """Rest a finger on something until its menu opens; once more where a page that was drawn anew let go of it."""
        session = await self.context.new_cdp_session(self.page)
        menu = self.page.get_by_role("menu")
        deadline = time.monotonic() + PATIENCE
        while not await menu.is_visible():
            assert time.monotonic() < deadline, "no menu opened"
            box = await self._at_rest(target)
            finger = {"x": box["x"] + min(30, box["width"] / 2), "y": box["y"] + min(12, box["height"] / 2)}
            await session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
            with suppress(PlaywrightTimeout):
                await menu.wait_for(timeout=5_000)
            await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await session.detach()

    async def _at_rest(self, target: Locator) -> FloatRect:
        """Where something lies once it has stopped moving: a picture that still loads slips away under a finger."""
        await target.wait_for()
        before = None
        for _ in range(100):
            box = await target.bounding_box()
            if box is not None and box == before:
                return box
            before = box
            await self.page.wait_for_timeout(100)
        raise AssertionError("it never came to rest")

    # --- the network

    async def has_all_parts(self) -> None:
        """The parts of the page that follow when what was opened is shown (the hearings are the last of a client)."""
        names = "performance.getEntriesByType('resource').map((one) => one.name)"
        await self.page.wait_for_function(f"() => {names}.some((one) => one.includes('/hearings-'))")

    async def go_offline(self) -> None:
        await self.has_all_parts()
        await self.context.set_offline(True)
        await expect(self.page.get_by_text("网络不可用，正在重连…")).to_be_visible()

    async def come_back(self) -> None:
        await self.context.set_offline(False)
        await expect(self.page.get_by_text("网络不可用，正在重连…")).to_be_hidden()

    async def same_texts(self, other: "Phone") -> list[str]:
        """Wait until both phones show the same texts in the same order; those."""

        async def same() -> list[str] | None:
            mine, theirs = await self.texts(), await other.texts()
            return mine if mine == theirs else None

        return await until(same, f"{self.name} and {other.name} show the same")
