"""Finding and keeping what was said: search with a jump far back, and the evidence bundle saved as a file."""

import asyncio
import re
import sys
import zipfile
from pathlib import Path

from playwright.async_api import expect

from tests.e2e.conftest import OpenPhone
from tests.e2e.phone import Phone
from tests.e2e.sandbox import Office
from tests.e2e.waiting import until

LINES = 58  # more than the first page, and what a client may write in a minute


async def look_for(phone: Phone, words: str, hits: int) -> None:
    """Search from the sheet of the chat until the index, which follows the record, knows all of them."""
    page = phone.page
    await page.get_by_role("button", name="聊天信息").click()
    await page.get_by_role("button", name="搜索聊天记录").click()

    async def found() -> bool:
        await page.get_by_label("搜索内容").fill("")
        await page.get_by_label("搜索内容").fill(words)
        await page.get_by_label("搜索内容").press("Enter")
        await expect(page.locator(".search .spinner")).to_have_count(0)
        return await page.locator(".hit").count() == hits

    await until(found, f"{words} is found")


async def test_search_finds_and_jumps_far_back(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case(1)
    lines = [f"第 {number} 条" for number in range(1, LINES + 1)]
    lines[2] = "保安王师傅可以作证"
    await office.write(case, lines)
    client = await open_phone("client")
    await client.sign_in_as(office.client(1)["display_name"])
    await client.open_space(case.space_id)
    await look_for(client, "王师傅  作证", 1)
    assert await client.page.locator(".hit mark").all_inner_texts() == ["王师傅", "作证"]
    assert await client.said("保安王师傅").count() == 0
    await client.page.locator(".hit").click()
    await expect(client.said("保安王师傅")).to_be_in_viewport()
    await expect(client.page.locator(".row--found")).to_contain_text("保安王师傅")
    assert await client.texts() == lines
    await look_for(client, "没有人说过", 0)
    await expect(client.page.get_by_text("没有找到“没有人说过”")).to_be_visible()


async def test_the_evidence_bundle_is_saved_and_verifies(open_phone: OpenPhone, office: Office, tmp_path: Path) -> None:
    case = await office.open_case(2)
    await office.write(case, ["这句话要能作为证据"])
    client = await open_phone("client")
    await client.sign_in_as(office.client(2)["display_name"])
    await client.open_space(case.space_id)
    await client.page.get_by_role("button", name="聊天信息").click()
    async with client.page.expect_download() as saving:
        await client.page.get_by_role("button", name="导出证据包").click()
    download = await saving.value
    assert re.fullmatch(r"案件记录-\d{8}-\d{4}-[0-9a-f]{6}\.zip", download.suggested_filename)
    await expect(client.page.get_by_text(f"已保存：{download.suggested_filename}")).to_be_visible()
    bundle = tmp_path / "bundle.zip"
    await download.save_as(bundle)
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        assert "这句话要能作为证据" in archive.read("messages.jsonl").decode()
        archive.extract("verify.py", tmp_path)
    verifier = await asyncio.create_subprocess_exec(
        sys.executable, tmp_path / "verify.py", bundle, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await verifier.communicate()
    assert verifier.returncode == 0, said.decode()


async def test_an_export_that_fails_says_why_and_can_be_repeated(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case()
    client = await open_phone("client")
    await client.sign_in_as(office.client()["display_name"])
    await client.open_space(case.space_id)
    await client.page.get_by_role("button", name="聊天信息").click()
    await client.page.route("**/export", lambda route: route.abort())
    await client.page.get_by_role("button", name="导出证据包").click()
    await expect(client.page.get_by_text("导出失败：网络不可用")).to_be_visible()
    await client.page.unroute("**/export")
    async with client.page.expect_download():
        await client.page.get_by_role("button", name="导出证据包").click()
