"""What can be done with messages: quote, recall, refuse, scroll back, and the desk's wide view."""

import re
from pathlib import Path

from playwright.async_api import expect

from tests.e2e import samples
from tests.e2e.conftest import OpenPhone
from tests.e2e.sandbox import Office


async def test_quote_and_recall(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case()
    client, lawyer = await open_phone("client"), await open_phone("lawyer")
    await client.sign_in_as(office.client()["display_name"])
    await client.open_space(case.space_id)
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.open_space(case.space_id)
    await lawyer.say("公司有书面通知吗？")

    await client.hold(client.said("公司有书面通知吗"))
    await client.page.get_by_role("menuitem", name="引用").click()
    await client.say("没有，只是口头说的。")
    await expect(lawyer.page.locator(".quote")).to_have_text(re.compile("公司有书面通知吗"))

    await client.say("发错了")
    await expect(lawyer.said("发错了")).to_be_visible()
    await client.all_sent()
    await client.hold(client.said("发错了"))
    await client.page.get_by_role("menuitem", name="撤回").click()
    await expect(client.see("你撤回了一条消息")).to_be_visible()
    name = office.client()["display_name"]
    await expect(lawyer.see(f"“{name}”撤回了一条消息")).to_be_visible()
    assert await lawyer.said("发错了").count() == 0
    await lawyer.page.reload()
    await lawyer.at_space()
    await expect(lawyer.see(f"“{name}”撤回了一条消息")).to_be_visible()
    assert await lawyer.said("发错了").count() == 0


async def test_a_disguised_file_is_refused_in_words(open_phone: OpenPhone, office: Office, tmp_path: Path) -> None:
    case = await office.open_case(1)
    client = await open_phone("client")
    await client.sign_in_as(office.client(1)["display_name"])
    await client.open_space(case.space_id)
    await client.send_file(samples.disguised(tmp_path / "合同.pdf"))
    await expect(client.page.locator(".row__error")).to_have_text(re.compile("文件.*[不损]"))
    await client.say("后面的照发")
    await expect(client.mine(".row__readers")).to_be_visible()
    await client.page.get_by_role("button", name="发送失败，点击处理").click()
    await client.page.get_by_role("button", name="删除").click()
    await client.page.get_by_role("alertdialog").get_by_role("button", name="删除").click()
    await client.all_sent()
    await client.page.reload()
    await client.at_space()
    assert await client.mine(".file").count() == 0


async def test_older_messages_come_in_above_without_a_jump(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case(2)
    client = await open_phone("client")
    await client.sign_in_as(office.client(2)["display_name"])
    await office.write(case, [f"第 {number} 条" for number in range(1, 61)])
    await client.open_space(case.space_id)
    await expect(client.see("第 60 条")).to_be_in_viewport()
    assert await client.see("第 5 条").count() == 0
    scroll = client.page.get_by_role("log")
    await scroll.evaluate("box => box.scrollTop = 0")
    await expect(client.see("第 5 条")).to_have_count(1)
    top = client.see("第 24 条")
    await expect(top).to_be_in_viewport()
    texts = await client.texts()
    assert texts == [f"第 {number} 条" for number in range(1, 61)]


async def test_after_an_absence_the_first_unread_is_one_tap_away(open_phone: OpenPhone, office: Office) -> None:
    """A5: whoever was away finds everything in order, and finds whose case it is."""
    case = await office.open_case()
    await office.write(case, [f"补充第 {number} 点" for number in range(30)])
    lawyer = await open_phone("lawyer")
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.open_list()
    row = lawyer.listed(case.space_id)
    await expect(row.locator(".row__title")).to_have_text(f"{office.client()['display_name']} · 图文法律咨询")
    await row.click()
    await lawyer.at_space()
    await expect(lawyer.said("补充第 29 点")).to_be_in_viewport()
    up = lawyer.page.get_by_role("button", name="条未读消息")
    await up.click()
    await expect(lawyer.said("补充第 0 点")).to_be_in_viewport()
    await expect(up).to_be_hidden()

    await lawyer.page.get_by_role("button", name="聊天信息").click()
    sheet = lawyer.page.get_by_role("dialog", name="聊天信息")
    await expect(sheet).to_be_visible()
    await lawyer.page.go_back()  # the phone's own button: what lies over the page goes first
    await expect(sheet).to_be_hidden()
    await expect(lawyer.page).to_have_url(re.compile(f"/spaces/{case.space_id}$"))
    await lawyer.page.go_back()
    await expect(lawyer.page).to_have_url(re.compile("/spaces$"))


async def test_the_desk_sees_list_and_chat_side_by_side(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case()
    support = office.staff("support")
    desk = await open_phone("desk", desk=True)
    await desk.sign_in_as(support["display_name"])
    await desk.listed(case.space_id).click()
    await desk.at_space()
    await expect(desk.listed(case.space_id)).to_be_visible()
    await desk.page.get_by_label("消息", exact=True).fill("您好，我是客服。")
    await desk.page.keyboard.press("Enter")
    await desk.all_sent()
    await expect(desk.listed(case.space_id)).to_contain_text("您好，我是客服。")
