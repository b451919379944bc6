"""Staff notes: live among the staff of a space, and nowhere to be seen, heard or fetched by its client."""

import json

from playwright.async_api import Response, WebSocket, expect

from tests.e2e.conftest import OpenPhone
from tests.e2e.phone import Phone
from tests.e2e.sandbox import Office

FIRST = "对方律师昨天来过电话，先别答复"
ANSWER = "知道了，我来处理"


class Ear:
    """Everything that a phone is sent, by request or by socket."""

    def __init__(self, phone: Phone) -> None:
        self.heard: list[str] = []
        self.asked: list[str] = []
        phone.page.on("websocket", self._socket)
        phone.page.on("response", self._response)

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.heard.append(str(frame)))

    def _response(self, response: Response) -> None:
        self.asked.append(response.url)


async def test_staff_notes_are_live_among_staff_and_hidden_from_the_client(
    open_phone: OpenPhone, office: Office
) -> None:
    case = await office.open_case()
    client, lawyer, desk = await open_phone("client"), await open_phone("lawyer"), await open_phone("desk", desk=True)
    ear = Ear(client)
    await client.sign_in_as(office.client()["display_name"])
    await client.open_space(case.space_id)
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.open_space(case.space_id)
    await desk.sign_in_as(office.staff("support")["display_name"])
    await desk.open_space(case.space_id)

    await write(lawyer, FIRST)
    strip = desk.page.get_by_role("button", name="内部备注，客户不可见")
    await expect(strip).to_contain_text(FIRST)
    await expect(strip.locator(".weui-badge")).to_contain_text("1")
    await write(desk, ANSWER)
    await expect(lawyer.page.locator(".note__text")).to_have_text([FIRST, ANSWER])
    await desk.page.get_by_role("button", name="关闭内部备注").click()
    await expect(strip.locator(".weui-badge")).to_have_count(0)

    # What comes after the notes has reached the client, so the notes would have.
    await desk.say("您好，材料已收到。")
    await expect(client.said("材料已收到")).to_be_visible()
    await client.page.reload()
    await client.at_space()
    await expect(client.said("材料已收到")).to_be_visible()
    assert await client.page.get_by_text("内部备注").count() == 0
    assert FIRST not in await client.page.content()
    assert any("message:new" in frame for frame in ear.heard)
    words = [json.dumps(text).strip('"') for text in (FIRST, ANSWER)] + [FIRST, ANSWER, "note:new"]
    assert [frame for frame in ear.heard if any(word in frame for word in words)] == []
    assert [url for url in ear.asked if "/notes" in url] == []


async def write(phone: Phone, text: str) -> None:
    await phone.page.get_by_role("button", name="内部备注，客户不可见").click()
    await phone.page.get_by_label("备注内容").fill(text)
    await phone.page.get_by_role("button", name="保存备注").click()
    await expect(phone.page.locator(".note__text").last).to_have_text(text)
    await expect(phone.page.get_by_label("备注内容")).to_have_value("")
