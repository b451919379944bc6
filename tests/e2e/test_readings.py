"""A photo becomes fields that a person confirms (F2), at phone size and with the real engine."""

import re
from pathlib import Path

from playwright.async_api import expect

from tests.e2e.conftest import PICTURES, OpenPhone
from tests.e2e.sandbox import Office
from tests.ocr.pictures import page

IOU = (
    "借条",
    "今借到张三人民币50000元（大写：伍万元整），",
    "于2026年12月31日前还清。",
    "借款人：李四",
    "2026年1月5日",
)
READING_MS = (
    240_000  # the engine starts with the first file and gives way to everything else, on whatever machine this is
)


async def test_a_photo_is_read_and_confirmed(open_phone: OpenPhone, office: Office, tmp_path: Path) -> None:
    case = await office.open_case(1)
    client, lawyer = await open_phone("client"), await open_phone("lawyer")
    await client.sign_in_as(office.client(1)["display_name"])
    await client.open_space(case.space_id)
    paper = tmp_path / "借条.png"
    page(IOU).save(paper)
    await client.send_photo(paper)
    await client.all_sent()
    await client.hold(client.mine(".image").last)
    await client.page.get_by_role("menuitem", name="识别").click()

    card = client.page.locator(".card-bubble", has_text="资料识别")
    await expect(card).to_contain_text("核对 / 更正", timeout=READING_MS)
    await card.click()
    sheet = client.page.get_by_role("dialog", name="借条")
    amount = sheet.get_by_label("金额")
    await expect(amount).to_have_value("50000.00")
    await expect(sheet.get_by_label("借款人")).to_have_value("李四")
    await expect(sheet.get_by_role("img", name="原件中的借款人")).to_be_visible()
    await sheet.get_by_role("button", name="查看原件").click()
    original = client.page.get_by_role("dialog", name=re.compile("^查看 "))
    await expect(original.get_by_role("img")).to_be_visible()
    await original.get_by_role("button", name="关闭").click()
    PICTURES.mkdir(parents=True, exist_ok=True)
    await client.page.screenshot(path=PICTURES / "reading-sheet.png")
    async with client.page.expect_download() as coming:
        await sheet.get_by_role("button", name="生成打码副本（转交他人用）").click()
    assert Path(await (await coming.value).path()).read_bytes().startswith(b"\xff\xd8\xff")
    await client.page.get_by_role("dialog", name="查看图片").click()
    await amount.fill("五万")
    await expect(sheet.get_by_role("button", name="确认无误")).to_be_disabled()
    await amount.fill("51000")
    await sheet.get_by_role("button", name="确认无误").click()
    await expect(card).to_contain_text("已核对")

    await lawyer.sign_in_as(case.lawyer)
    await lawyer.open_space(case.space_id)
    await lawyer.page.locator(".card-bubble", has_text="资料识别").click()
    sheet = lawyer.page.get_by_role("dialog", name="借条")
    await expect(sheet.get_by_label("金额")).to_have_value("51000.00")
    await expect(sheet).to_contain_text("识别结果：50000.00")

    # the lawyer knows better what it is, and fills in what such a paper has and this one does not tell
    await sheet.get_by_label("资料类型").select_option(label="授权委托书")
    renamed = lawyer.page.locator(".card-bubble", has_text="授权委托书")
    await expect(renamed).to_contain_text("核对 / 更正", timeout=READING_MS)
    await renamed.click()
    sheet = lawyer.page.get_by_role("dialog", name="授权委托书")
    await sheet.get_by_label("受托人").fill("王律师")
    await lawyer.page.screenshot(path=PICTURES / "reading-missing.png")
    await sheet.get_by_role("button", name="确认无误").click()
    await expect(renamed).to_contain_text("已核对 2 项")
    await renamed.click()
    await expect(sheet.get_by_label("受托人")).to_have_value("王律师")
