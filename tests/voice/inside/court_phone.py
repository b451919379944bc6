"""A person's phone in a hearing: the H5 page in a real Chromium at phone size, whose microphone beeps."""

import json
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.conftest import PICTURES
from tests.e2e.phone import Phone
from tests.e2e.waiting import until
from tests.house import Person
from tests.services.hearings.hearing_world import World

# Keeps every connection of the page in reach, to measure what it hears.
_PEERS = """
window.peers = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); window.peers.push(this); }
};
"""
# Counts how often the page asked for the screen to stay on.
_AWAKE = """
window.keptAwake = 0;
const request = WakeLock.prototype.request;
WakeLock.prototype.request = function (...given) { window.keptAwake += 1; return request.apply(this, given); };
"""
_ENERGY = """async () => {
  let energy = 0;
  (await window.peers.at(-1).getStats()).forEach((one) => {
    if (one.type === "inbound-rtp") energy += one.totalAudioEnergy ?? 0;
  });
  return energy;
}"""
_OPEN_MICROPHONES = "() => window.peers.forEach((one) => one.getSenders().forEach((s) => { s.track.enabled = true; }))"


class CourtPhone:
    """One person at the page of one hearing."""

    def __init__(self, name: str, phone: Phone) -> None:
        self.name = name
        self.phone = phone
        self.page: Page = phone.page

    @classmethod
    async def of(
        cls, chromium: Browser, base_url: str, person: Person, name: str, user: dict[str, Any]
    ) -> "CourtPhone":
        """``user``: as the client keeps it from the sign-in: id, display_name, roles."""
        context = await chromium.new_context(
            base_url=base_url,
            viewport={"width": 390, "height": 844},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            permissions=["microphone"],
        )
        context.set_default_timeout(15_000)
        session = {"access_token": person.token, "refresh_token": "none", "expires_at": 4e12, "user": user}
        kept = json.dumps(json.dumps(session))
        await context.add_init_script(f"localStorage.setItem('casespace.session', {kept});{_PEERS}{_AWAKE}")
        return cls(name, Phone(name, context, await context.new_page()))

    async def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"hearing-{name}.png")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def come(self, hearing_id: str) -> None:
        """From the link to the waiting room (or, on the bench, the court room): self-test and discipline."""
        await self.page.goto(f"/hearings/{hearing_id}")
        await self.button("设备自测并进入").click()
        await self.test_device()
        for promise in await self.page.get_by_role("checkbox").all():
            await promise.check()
        await self.picture(f"discipline-{self.name}")
        await self.button("确认并进入").click()
        await expect(self.page.locator(".bar__stage")).to_be_visible()
        await self.connected()

    async def turn_away(self) -> None:
        """To another page of the product, as its own links lead there: the connection stays."""
        await self.button("返回").click()
        await self.button("确定").click()
        await expect(self.page.get_by_role("heading", name="移动庭审")).to_be_visible()

    async def turn_back(self, title: str) -> None:
        await self.page.get_by_role("link", name=title).click()
        await self.button("返回庭审").click()
        await self.test_device()
        await self.connected()

    async def test_device(self) -> None:
        test = self.page.get_by_label("设备自测")
        await test.get_by_role("button", name="开始").click()
        await expect(test).to_contain_text("麦克风正常")
        await test.get_by_role("button", name="播放").click()
        await test.get_by_role("button", name="听到了").click()
        await self.picture(f"test-{self.name}")
        await self.button("自测完成，下一步").click()

    async def listen(self, link: str) -> None:
        """From the link of a public hearing to the waiting room, without a microphone."""
        await self.page.goto(link)
        await self.button("进入旁听").click()
        for promise in await self.page.get_by_role("checkbox").all():
            await promise.check()
        await self.button("确认并进入").click()
        await expect(self.page.get_by_text("候审室")).to_be_visible()

    async def connected(self) -> None:
        await expect(self.page.locator(".light", has_text="网络良好")).to_be_visible()

    def person(self, name: str) -> Locator:
        return self.page.locator(".person", has_text=name)

    async def about(self, name: str, act: str) -> None:
        """Open somebody's menu and choose."""
        await self.person(name).click()
        await self.page.get_by_role("dialog", name="操作").get_by_role("button", name=act, exact=True).click()

    async def move_to(self, stage: str) -> None:
        await self.button("主持").click()
        await self.page.get_by_role("dialog", name="主持庭审").get_by_role("button", name=stage, exact=True).click()
        await self.button("确定").click()
        await expect(self.page.get_by_role("dialog", name="主持庭审")).to_be_hidden()

    async def stays_on(self) -> bool:
        """Whether the page asked for the screen to stay on: a phone that locks itself falls silent."""
        return int(await self.page.evaluate("window.keptAwake")) > 0

    async def force_open(self) -> None:
        """What a client can do that does not want to be silent."""
        await self.page.evaluate(_OPEN_MICROPHONES)

    async def energy(self) -> float:
        return float(await self.page.evaluate(_ENERGY))

    async def heard(self, milliseconds: int) -> float:
        """How much sound arrives in this time (the energy of RTCInboundRtpStreamStats)."""
        before = await self.energy()
        await self.page.wait_for_timeout(milliseconds)
        return await self.energy() - before

    async def hears(self, loud: float = 1e-4, patience: float = 20) -> None:
        """Wait until something is heard."""

        async def sounding() -> bool:
            return await self.heard(1_200) > loud  # the fake microphone beeps once a second

        await until(sounding, f"{self.name} hears somebody", patience)

    async def hears_nothing(self, silent: float = 1e-6, patience: float = 20) -> None:
        async def quiet() -> bool:
            return await self.heard(1_200) < silent

        await until(quiet, f"{self.name} hears nothing", patience)


async def phone_of(world: World, chromium: Browser, person: Person, name: str) -> CourtPhone:
    """Somebody's phone, signed in; they have agreed to the policy and the agreement before."""
    await world.house.services.terms.note(person.id, person.actor)
    me = await world.house.services.accounts.me(person.actor)
    user = {"id": person.id, "display_name": me.display_name, "roles": list(me.roles)}
    return await CourtPhone.of(chromium, world.house.core.settings.public_url, person, name, user)
