"""A photo becomes an entry of the catalogue of evidence (F1), and fills in forms by a tap (F2, C8), at phone size."""

from pathlib import Path

from playwright.async_api import Locator, expect

from tests.e2e.conftest import PICTURES, OpenPhone
from tests.e2e.phone import Phone
from tests.e2e.sandbox import Office
from tests.e2e.test_readings import IOU, READING_MS
from tests.ocr.pictures import page

FILING = "A 包 · 立案加速"
ELEMENTS = {
    "案号": "（2026）京0105民初1234号",
    "审理法院": "北京市朝阳区人民法院",
    "案由": "民间借贷纠纷",
    "律师事务所": "示例律师事务所",
    "律师电话": "13800000001",
    "当事人电话": "13800000002",
}


async def from_chat(phone: Phone, name: str) -> None:
    """By the sheet behind the three dots."""
    await phone.page.get_by_role("button", name="聊天信息").click()
    await phone.page.get_by_role("link", name=name).click()


async def shot(phone: Phone, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await phone.page.screenshot(path=PICTURES / f"{name}.png")


async def agree(phone: Phone, button: Locator) -> None:
    await button.click()
    await phone.page.get_by_role("button", name="确定", exact=True).click()


async def test_a_photo_becomes_evidence_and_fills_in_forms(
    open_phone: OpenPhone, office: Office, tmp_path: Path
) -> None:
    case = await office.open_case(2)
    client, lawyer = await open_phone("client"), await open_phone("lawyer")
    await client.sign_in_as(office.client(2)["display_name"])
    await client.open_space(case.space_id)
    paper = tmp_path / "IMG_0001.png"
    page(IOU).save(paper)

    # --- the client lists it; name, date and parties were read
    await from_chat(client, "证据目录")
    await expect(client.page.get_by_text("还没有证据")).to_be_visible()
    await client.page.get_by_label("选择证据文件").set_input_files(paper)
    sheet = client.page.get_by_role("dialog", name="证据 1")
    await expect(sheet).to_be_visible(timeout=READING_MS)
    await expect(sheet.get_by_label("证据名称")).to_have_value("借条")
    await expect(sheet.get_by_label("形成日期")).to_have_value("2026-01-05")
    await sheet.get_by_label("证明目的").fill("证明借款 5 万元已交付")
    await shot(client, "evidence-sheet")
    await sheet.get_by_role("button", name="保存").click()
    mine = client.page.get_by_role("region", name="证据 1")
    await expect(mine).to_contain_text("证明借款 5 万元已交付")
    await mine.get_by_role("button", name="识别结果").click()
    await client.page.get_by_role("dialog", name="借条").get_by_role("button", name="确认无误").click()
    await expect(client.page.get_by_role("dialog")).to_have_count(0)
    async with client.page.expect_download() as coming:
        await client.page.get_by_role("button", name="下载 PDF").click()
    assert (Path(await (await coming.value).path())).read_bytes().startswith(b"%PDF-")

    # --- the lawyer takes the original, the client signs for it
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.open_space(case.space_id)
    await from_chat(lawyer, "证据目录")
    theirs = lawyer.page.get_by_role("region", name="证据 1")
    await agree(lawyer, theirs.get_by_role("button", name="收存原件"))
    await expect(theirs).to_contain_text("待提交人确认")
    await client.page.reload()
    await expect(mine.get_by_role("button", name="确认签收")).to_be_visible()
    await shot(client, "evidence-page")
    await agree(client, mine.get_by_role("button", name="确认签收"))
    await expect(mine).to_contain_text("提交人已签收确认")

    # --- the case's elements: what the paper says is taken, the rest is typed
    await lawyer.open_space(case.space_id)
    await expect(lawyer.page.locator(".card-bubble", has_text="证据 1：")).to_contain_text("原件已收存")
    await from_chat(lawyer, "案件要素")
    await lawyer.page.get_by_role("button", name="采用50000.00").click()
    await expect(lawyer.page.get_by_label("争议金额（元）")).to_have_value("50000.00")
    await lawyer.page.get_by_role("button", name="保存").click()
    await expect(lawyer.page.get_by_text("请填写案号")).to_be_visible()
    for label, value in ELEMENTS.items():
        await lawyer.page.get_by_label(label).fill(value)
    await shot(lawyer, "case-elements")
    await lawyer.page.get_by_role("button", name="保存").click()
    await expect(lawyer.page.get_by_text("上次保存")).to_be_visible()

    # --- the client's next order
    await client.page.goto("/products")
    await client.page.get_by_text(FILING).first.click()
    await (
        client.page.get_by_role("link", name="立即下单").or_(client.page.get_by_role("button", name="立即下单")).click()
    )
    await client.page.get_by_role("button", name="采用50000.00").click()
    await client.page.get_by_role("button", name="采用李四").click()
    await expect(client.page.get_by_label("对方姓名或名称")).to_have_value("李四")
    await shot(client, "order-suggestions")
    await client.page.get_by_role("button", name="来自《借条》借款人").click()
    await expect(client.page.get_by_role("dialog", name="借条").get_by_label("借款人")).to_have_value("李四")


async def test_a_first_order_is_filled_in_from_a_photo(open_phone: OpenPhone, office: Office, tmp_path: Path) -> None:
    """Who has no case yet photographs the paper while ordering."""
    client = await open_phone("client")
    await client.sign_in_as(office.client()["display_name"])
    await client.page.goto("/products")
    await client.page.get_by_text(FILING).first.click()
    await client.page.get_by_role("link", name="立即下单").click()
    paper = tmp_path / "IMG_0002.png"
    page(IOU).save(paper)
    await client.page.get_by_label("选择要识别的资料").set_input_files(paper)
    await expect(client.page.get_by_text("《借条》已识别")).to_be_visible(timeout=READING_MS)
    await client.page.get_by_role("button", name="采用李四").click()
    await expect(client.page.get_by_label("对方姓名或名称")).to_have_value("李四")
    await client.page.get_by_role("button", name="采用50000.00").click()
    await shot(client, "order-draft")

    # --- with the order paid, the paper goes into the case and need not be photographed again
    filled = {"拟立案的法院": "北京市朝阳区人民法院", "案由": "民间借贷纠纷", "联系电话": "13800000002"}
    for label, value in (filled | {"情况说明": "借款到期未还，多次催要无果，准备起诉。"}).items():
        await client.page.get_by_label(label).fill(value)
    await client.page.get_by_role("button", name="提交订单").click()
    await client.page.get_by_role("button", name="微信支付").click()
    await client.page.wait_for_url("**/sandbox/pay/**")
    await client.page.get_by_role("button", name="确认支付").click()
    await client.at_space()
    await expect(client.page.get_by_text("下单时拍摄的 1 份资料")).to_be_visible()
    await shot(client, "paper-offer")
    await client.page.get_by_role("button", name="存入案件").click()
    await client.page.get_by_role("alertdialog").get_by_role("button", name="存入案件").click()
    await expect(client.page.locator(".card-bubble", has_text="证据 1：")).to_be_visible()
    await expect(client.page.locator(".card-bubble", has_text="资料识别：借条")).to_be_visible()
    await expect(client.page.get_by_text("下单时拍摄的")).to_have_count(0)
    await shot(client, "paper-filed")
