"""Money beside the order, as people meet it on their phones: a coupon, a quote in the space, a tip (E2, A3)."""

import re

from playwright.async_api import expect

from tests.e2e.conftest import OpenPhone
from tests.e2e.phone import Phone
from tests.e2e.sandbox import Office


async def pay_in_sandbox(phone: Phone) -> None:
    await phone.page.wait_for_url("**/sandbox/pay/**")
    await phone.page.get_by_role("button", name="确认支付").click()


async def test_a_coupon_is_claimed_and_makes_the_order_cheaper(open_phone: OpenPhone, office: Office) -> None:
    client = await open_phone("client")
    page = client.page
    await client.sign_in_as(office.client(2)["display_name"])
    await client.open_me()
    await page.get_by_role("link", name="优惠券").click()
    await page.get_by_role("button", name="领取").click()
    await expect(page.get_by_text("可使用")).to_be_visible()
    await page.goto("/products")
    await page.get_by_role("link", name="图文法律咨询").click()
    await page.get_by_role("link", name="立即下单").click()
    await page.get_by_role("radio", name="房产").click()
    await page.get_by_label("情况说明").fill("房东以各种理由不退押金，合同已到期一个月。")
    await page.get_by_role("button", name=re.compile("优惠券.*1 张可用")).click()
    await page.get_by_role("button", name=re.compile("新人见面礼")).click()
    await page.get_by_role("button", name="完成").click()
    await expect(page.locator(".price__sum").last).to_have_text("¥39")
    await page.get_by_role("button", name="提交订单").click()
    await expect(page.locator(".sum__amount")).to_have_text("¥39")
    await page.get_by_role("button", name="微信支付 ¥39").click()
    await pay_in_sandbox(client)
    await client.at_space()
    await page.goto("/me/coupons")
    await expect(page.get_by_text("已使用")).to_be_visible()


async def test_a_quote_is_accepted_and_paid_in_the_space(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case(1)
    client, lawyer = await open_phone("client"), await open_phone("lawyer")
    await client.sign_in_as(office.client(1)["display_name"])
    await client.open_space(case.space_id)
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.open_space(case.space_id)
    await lawyer.page.get_by_role("button", name="更多功能").click()
    await lawyer.page.get_by_role("button", name="发送报价").click()
    await lawyer.page.get_by_label("第 1 项名称").fill("起草律师函")
    await lawyer.page.get_by_label("第 1 项金额（元）").fill("300")
    await lawyer.page.get_by_role("button", name="添加一项").click()
    await lawyer.page.get_by_label("第 2 项名称").fill("代为谈判一次")
    await lawyer.page.get_by_label("第 2 项金额（元）").fill("199.50")
    await lawyer.page.get_by_label("服务范围").fill("起草并寄送律师函一份；与对方谈判一次。不含差旅。")
    await lawyer.page.get_by_role("button", name="发送报价 ¥499.50").click()
    await lawyer.at_space()

    card = client.page.locator(".card-bubble", has_text="报价：起草律师函等 2 项")
    await expect(card).to_contain_text("待答复")
    await expect(card).to_contain_text("查看并接受")
    await card.click()
    await expect(client.page.get_by_text("不含差旅")).to_be_visible()
    await client.page.get_by_role("button", name="接受并支付").click()
    await pay_in_sandbox(client)
    await expect(client.page.get_by_role("heading", name="已支付")).to_be_visible()
    await client.open_space(case.space_id)
    await expect(client.page.locator(".card-bubble", has_text="报价：起草律师函")).to_contain_text("已支付")
    await expect(lawyer.page.locator(".card-bubble", has_text="报价已支付").last).to_contain_text("¥499.50")


async def test_a_tip_after_the_service(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case(1)
    client, lawyer = await open_phone("client"), await open_phone("lawyer")
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.page.goto(f"/orders/{case.order_id}")
    await lawyer.page.get_by_role("button", name="接单", exact=True).click()
    await lawyer.page.get_by_role("button", name="提交成果").click()
    await lawyer.page.get_by_label("成果说明").fill("已出具书面意见。")
    await lawyer.page.get_by_role("button", name="提交给客户").click()

    await client.sign_in_as(office.client(1)["display_name"])
    await client.page.goto(f"/orders/{case.order_id}")
    await client.page.get_by_role("button", name="确认完成").click()
    await client.page.get_by_role("alertdialog").get_by_role("button", name="确认完成").click()
    await client.page.get_by_role("button", name="打赏感谢").click()
    await client.page.get_by_role("radio", name="¥20").click()
    await client.page.get_by_role("button", name="打赏 ¥20").click()
    await pay_in_sandbox(client)
    await expect(client.page.locator(".tip")).to_contain_text("¥20")
    await client.open_space(case.space_id)
    await expect(client.page.locator(".card-bubble", has_text="客户表示感谢")).to_contain_text("¥20")
