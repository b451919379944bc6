"""The newcomer's flow: sign in, choose, pay, talk; the lawyer sees it at once and answers."""

import re
import time
from pathlib import Path

from playwright.async_api import expect

from tests.e2e import samples
from tests.e2e.conftest import OpenPhone
from tests.e2e.phone import Phone, no_barriers
from tests.e2e.sandbox import Office

AT_ONCE = 10.0  # seconds: by the socket, far sooner than any poll would bring it on a busy machine


async def order_and_pay(phone: Phone) -> str:
    """From the list of services to the case space; its id."""
    page = phone.page
    await page.get_by_role("link", name="图文法律咨询").click()
    await page.get_by_role("link", name="立即下单").click()
    await page.get_by_role("button", name="提交订单").click()
    await expect(page.get_by_text("请选择问题类型")).to_be_visible()
    await no_barriers(page)
    await page.get_by_role("radio", name="劳动工伤").click()
    await page.get_by_label("情况说明").fill("工作三年，上周被口头辞退，没有书面通知，也没有补偿。")
    await page.get_by_role("button", name="提交订单").click()
    await expect(page.get_by_text("应付金额")).to_be_visible()
    await no_barriers(page)
    await page.get_by_role("button", name="微信支付").click()
    await page.wait_for_url("**/sandbox/pay/**")
    await page.get_by_role("button", name="确认支付").click()
    return await phone.at_space()


async def test_newcomer(open_phone: OpenPhone, office: Office, tmp_path: Path) -> None:
    client = await open_phone("client")
    await client.sign_in_as(office.client()["display_name"])
    space = await order_and_pay(client)
    paid = client.page.locator(".card-bubble", has_text="支付成功")
    await expect(paid).to_contain_text("已支付")
    assigned = client.page.locator(".card-bubble", has_text="已分配律师")
    lawyer_name = await assigned.locator(".card-bubble__note").inner_text()

    await client.say("您好，劳动合同和现场照片发给您。")
    await client.send_photo(samples.photo(tmp_path / "现场.jpg"))
    await expect(client.mine(".image img")).to_have_count(1)
    await client.send_voice(1200)
    await client.send_file(samples.contract(tmp_path / "劳动合同.pdf"))
    await client.all_sent()  # an upload holds up nothing that is written after it
    await client.send_place("朝阳区人民法院", "朝阳公园南路甲2号")
    await expect(client.mine(".bubble, .image")).to_have_count(5)
    await client.all_sent()
    await no_barriers(client.page)

    lawyer = await open_phone("lawyer")
    await lawyer.sign_in_as(lawyer_name)
    await lawyer.open_list()
    await expect(lawyer.listed(space)).to_contain_text("[位置] 朝阳区人民法院")
    unread = await lawyer.unread(space)
    await lawyer.listed(space).click()
    await lawyer.at_space()
    assert unread == await lawyer.page.locator(".chat .row").count() == 7  # five messages, two cards
    await everything_is_there(lawyer)
    await no_barriers(lawyer.page)

    await client.page.bring_to_front()
    started = time.monotonic()
    await lawyer.say("收到。请问公司有书面的解除通知吗？")
    await expect(client.said("书面的解除通知")).to_be_visible()
    assert time.monotonic() - started < AT_ONCE
    await expect(lawyer.page.get_by_text(f"{office.client()['display_name']} 已读")).to_be_visible()
    await lawyer.open_list()
    assert await lawyer.unread(space) == 0


async def everything_is_there(lawyer: Phone) -> None:
    """The photo upright, the voice to be heard, the file to be had, the place to be read."""
    page = lawyer.page
    await page.locator(".image img").click()
    full = page.get_by_role("dialog", name="查看图片").get_by_role("img")
    await expect(full).to_be_visible()
    assert await full.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [900, 1200]
    await page.get_by_role("button", name="关闭").click()

    voice = page.locator(".chat .voice")
    await expect(voice).to_have_attribute("aria-label", re.compile("语音 [1-3] 秒"))
    await voice.click()
    await expect(voice).to_have_class(re.compile("voice--playing"))
    await expect(voice).not_to_have_class(re.compile("voice--playing"), timeout=8000)

    await page.get_by_role("button", name=re.compile("文件 劳动合同.pdf")).click()
    viewer = page.get_by_role("dialog", name="查看 劳动合同.pdf")
    await expect(viewer.get_by_role("img", name="劳动合同.pdf 第 1 页")).to_be_visible()
    await viewer.get_by_role("button", name="关闭").click()
    await expect(page.locator(".place__name")).to_have_text("朝阳区人民法院")


async def test_an_order_to_its_end(open_phone: OpenPhone, office: Office, tmp_path: Path) -> None:
    case = await office.open_case(1)
    client, lawyer = await open_phone("client"), await open_phone("lawyer")
    await client.sign_in_as(office.client(1)["display_name"])
    await client.open_space(case.space_id)
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.page.goto(f"/orders/{case.order_id}")
    await lawyer.page.get_by_role("button", name="接单", exact=True).click()
    await expect(client.page.locator(".card-bubble", has_text="律师安排")).to_contain_text(re.compile("服务中|已接单"))

    await (
        lawyer.page.get_by_role("link", name="提交成果").or_(lawyer.page.get_by_role("button", name="提交成果")).click()
    )
    await lawyer.page.get_by_label("成果说明").fill("已出具书面意见，建议先申请劳动仲裁。")
    await lawyer.page.reload()  # what was written is not lost
    await expect(lawyer.page.get_by_label("成果说明")).to_have_value("已出具书面意见，建议先申请劳动仲裁。")
    await lawyer.page.locator("input[type=file]").set_input_files(samples.contract(tmp_path / "法律意见书.pdf"))
    await lawyer.page.get_by_role("button", name="提交给客户").click()
    await expect(client.page.locator(".card-bubble", has_text="服务成果")).to_be_visible()

    await client.page.goto(f"/orders/{case.order_id}")
    await expect(client.page.get_by_text("建议先申请劳动仲裁")).to_be_visible()
    await expect(client.page.get_by_role("button", name=re.compile("法律意见书.pdf"))).to_be_visible()
    await no_barriers(client.page)
    await client.page.get_by_role("button", name="确认完成").click()
    await client.page.get_by_role("alertdialog").get_by_role("button", name="确认完成").click()
    await client.page.get_by_role("button", name="评价服务").click()
    await client.page.get_by_role("radio", name=re.compile("^5 星")).click()
    await client.page.get_by_role("button", name="提交评价").click()
    await expect(client.page.get_by_role("heading", name="已完成")).to_be_visible()
