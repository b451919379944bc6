"""After the service, on phones: a dispute decided, its refund, a receipt proved, an invoice asked for (C5, E1)."""

import re
from pathlib import Path

from playwright.async_api import expect

from tests.e2e import samples
from tests.e2e.conftest import OpenPhone
from tests.e2e.sandbox import Office


async def test_a_dispute_is_opened_decided_and_its_refund_arrives(
    open_phone: OpenPhone, office: Office, tmp_path: Path
) -> None:
    case = await office.open_case(0)
    await office.deliver(case)
    client, desk = await open_phone("client"), await open_phone("desk")
    page = client.page
    await client.sign_in_as(office.client(0)["display_name"])
    await client.open_space(case.space_id)
    await client.more()
    await page.get_by_role("button", name="申请售后").click()
    await expect(page.get_by_text("没有售后申请")).to_be_visible()
    await page.get_by_role("button", name="申请售后").click()
    sheet = page.get_by_role("dialog", name="申请售后")
    await sheet.get_by_label("退款金额（元）").fill("10000")
    await sheet.get_by_label("情况说明").fill("答复只有一句话，没有说明仲裁时效怎么算。")
    await expect(sheet.get_by_text(re.compile("最多可退 ¥"))).to_be_visible()
    await expect(sheet.get_by_role("button", name="提交申请")).to_be_disabled()
    await sheet.get_by_label("退款金额（元）").fill("10")
    await sheet.locator("input[type=file]").set_input_files(samples.contract(tmp_path / "答复截图.pdf"))
    await expect(sheet.get_by_role("button", name="移除答复截图.pdf")).to_be_visible()
    await sheet.get_by_role("button", name="提交申请").click()
    await expect(page.get_by_text("希望退款 ¥10")).to_be_visible()
    await page.get_by_role("button", name="返回").click()
    await client.at_space()
    card = page.locator(".card-bubble", has_text="退款申请")
    await expect(card).to_contain_text("处理中")

    await desk.sign_in_as(office.staff("support")["display_name"])
    await desk.page.goto("/desk")
    await desk.page.get_by_role("link", name="售后处理").click()
    await desk.page.get_by_role("link", name=re.compile(case.number)).click()
    await desk.page.get_by_role("button", name=re.compile("答复截图.pdf")).click()
    viewer = desk.page.get_by_role("dialog", name="查看 答复截图.pdf")
    await expect(viewer.get_by_role("img", name="答复截图.pdf 第 1 页")).to_be_visible()
    await viewer.get_by_role("button", name="关闭").click()
    await desk.page.get_by_role("button", name="作出处理").click()
    decision = desk.page.get_by_role("dialog", name="作出处理")
    await expect(decision.get_by_label("金额（元）")).to_have_value("10.00")
    await decision.get_by_label("理由").fill("答复不够完整，退还部分费用。")
    await decision.get_by_role("button", name="提交").click()
    await expect(desk.page.get_by_text("同意退款 ¥10")).to_be_visible()
    await expect(desk.page.get_by_role("button", name="作出处理")).to_have_count(0)

    await expect(card).to_contain_text("同意退款")
    await card.click()
    await expect(page.get_by_text("答复不够完整，退还部分费用。")).to_be_visible()
    await page.goto(f"/orders/{case.order_id}")
    await expect(page.locator(".refunds li")).to_contain_text(re.compile("¥10.*已退回", re.S))


async def test_a_receipt_is_proved_and_an_invoice_asked_for(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case(1)
    client, other = await open_phone("client"), await open_phone("other")
    page = client.page
    await client.sign_in_as(office.client(1)["display_name"])
    await page.goto(f"/orders/{case.order_id}")
    await page.get_by_role("link", name="数字凭证与发票").click()
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="下载 PDF").click()
    assert re.fullmatch(r"receipt-RC\w{18}\.pdf", (await saved.value).suggested_filename)

    await page.get_by_role("button", name="申请开票", exact=True).click()
    sheet = page.get_by_role("dialog", name="申请电子发票")
    await sheet.get_by_role("radio", name="单位").click()
    await sheet.get_by_label("单位名称").fill("上海某某科技有限公司")
    await sheet.get_by_label("纳税人识别号").fill("91350100M000100Y44")
    await sheet.get_by_role("button", name="提交申请").click()
    await expect(sheet.get_by_role("alert")).to_contain_text("纳税人识别号有误")
    await sheet.get_by_label("纳税人识别号").fill("91350100m000100y43")
    await sheet.get_by_role("button", name="提交申请").click()
    await expect(page.locator("p.invoice")).to_contain_text("开具中")

    shown = await page.get_by_role("link", name="核验").get_attribute("href")
    assert shown is not None
    address, code = shown.split("?code=")
    await other.page.goto(f"{address}?code={'0' * len(code)}")
    await expect(other.page.get_by_role("alert")).to_contain_text("没有这张凭证，或校验码不对")
    await other.page.get_by_label("校验码").fill(code)
    await other.page.get_by_role("button", name="核验").click()
    await expect(other.page.get_by_role("heading", name="凭证属实")).to_be_visible()
    await expect(other.page.get_by_text("没有退款")).to_be_visible()

    finance = await open_phone("finance")
    await finance.sign_in_as(office.staff("ops")["display_name"])
    await finance.page.goto("/work-items")
    await finance.page.get_by_role("button", name="发票需人工开具").first.click()
    await expect(finance.page.get_by_text("抬头：上海某某科技有限公司（91350100M000100Y43）")).to_be_visible()
    await finance.page.get_by_label("发票号码").fill("25442000000123456789")
    await finance.page.get_by_role("button", name="登记发票号码", exact=True).click()
    await expect(finance.page.get_by_text("发票已登记")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("发票号码 25442000000123456789")).to_be_visible()


async def test_ops_look_into_an_order_and_ask_for_its_client(
    open_phone: OpenPhone, office: Office, tmp_path: Path
) -> None:
    case = await office.open_case(0)
    phone = await open_phone("finance")
    page = phone.page
    await phone.sign_in_as(office.staff("ops")["display_name"])
    await page.goto("/orders")
    await page.get_by_role("searchbox").fill(case.number)
    await page.get_by_role("button", name="搜索").click()
    await page.locator(".order").click()
    await page.get_by_role("link", name="订单账目").click()
    await expect(page.locator(".card", has_text="订单预收款余额")).to_contain_text("¥49")
    await expect(page.get_by_role("row", name=re.compile("支付机构余额"))).to_contain_text("¥49")
    await page.go_back()
    await page.get_by_role("link", name="查看案件空间").click()
    await expect(page.locator(".card-bubble", has_text="律师安排")).to_be_visible()
    await page.go_back()
    await page.get_by_role("link", name="售后").click()
    await page.get_by_role("button", name="代客户申请售后").click()
    sheet = page.get_by_role("dialog", name="代客户申请售后")
    await sheet.get_by_label("投诉服务").check()
    await sheet.get_by_label("情况说明").fill("客户今天来电，说律师三天没有回复。")
    await sheet.locator("input[type=file]").set_input_files(samples.photo(tmp_path / "记录.jpg"))
    await expect(sheet.get_by_role("button", name="移除记录.jpg")).to_be_visible()
    await sheet.get_by_role("button", name="提交申请").click()
    await expect(page.locator(".card", has_text="客户今天来电")).to_contain_text("处理中")
