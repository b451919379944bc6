"""A photo that identifies somebody, seen by two members at phone size (K2); no machine reads it."""

from pathlib import Path

from playwright.async_api import expect

from tests.e2e.conftest import PICTURES, OpenPhone
from tests.e2e.sandbox import Office
from tests.ocr.pictures import page

CARD = ("姓名 王晓", "性别 女 民族 汉", "住址 北京市朝阳区", "公民身份号码", "110105199003071234")


async def test_a_card_is_masked_and_its_original_opened_on_purpose(
    open_phone: OpenPhone, office: Office, tmp_path: Path
) -> None:
    case = await office.open_case(1)
    client, lawyer = await open_phone("client"), await open_phone("lawyer")
    await client.sign_in_as(office.client(1)["display_name"])
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.open_space(case.space_id)
    paper = tmp_path / "证件.png"
    page(CARD).save(paper)
    await lawyer.send_photo(paper)
    await lawyer.all_sent()
    await lawyer.hold(lawyer.mine(".image").last)
    await lawyer.page.get_by_role("menuitem", name="证件").click()
    question = lawyer.page.get_by_role("alertdialog", name="标为证件")
    await expect(question).to_be_visible()
    PICTURES.mkdir(parents=True, exist_ok=True)
    await lawyer.page.screenshot(path=PICTURES / "masked-asking.png")
    async with lawyer.page.expect_response(lambda answer: answer.url.endswith("/identity")) as said:
        await question.get_by_role("button", name="确定").click()
    assert (await said.value).status == 200

    await client.open_space(case.space_id)
    picture = client.page.locator(".image").last
    await expect(picture).to_be_visible()
    await picture.click()
    viewer = client.page.get_by_role("dialog", name="查看图片")
    await expect(viewer).to_contain_text("证件已遮盖")
    await expect(viewer.get_by_role("img", name="图片")).to_be_visible(timeout=60_000)  # the worker draws the copy
    await expect(viewer.get_by_role("button", name="查看原件")).to_have_count(0)  # not theirs: somebody else brought it
    await client.page.screenshot(path=PICTURES / "masked-member.png")
    await viewer.click()
    await expect(picture.locator("img")).to_be_visible()
    await client.page.screenshot(path=PICTURES / "masked-chat.png")

    await lawyer.page.locator(".image").last.click()
    viewer = lawyer.page.get_by_role("dialog", name="查看图片")
    await expect(viewer).to_contain_text("证件已遮盖")
    await lawyer.page.screenshot(path=PICTURES / "masked-lawyer.png")
    await viewer.get_by_role("button", name="查看原件").click()
    await lawyer.page.get_by_role("alertdialog", name="查看证件原件").get_by_role("button", name="查看原件").click()
    await expect(viewer).not_to_contain_text("证件已遮盖")
    await expect(viewer.get_by_role("img", name="图片")).to_be_visible()
    assert "ticket=o" in (await viewer.get_by_role("img", name="图片").get_attribute("src") or "")
    await lawyer.page.screenshot(path=PICTURES / "masked-original.png")
