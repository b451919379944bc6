"""A person proves who they are (B2), at phone size, with the real engine and the sandbox as the provider."""

import re
import secrets
from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.conftest import PICTURES, OpenPhone
from tests.e2e.sandbox import Office
from tests.ocr.pictures import page
from tests.services.verification.verification_world import id_number

READING_MS = 90_000  # the engine starts with the first file, on whatever machine this is
BACK = ("中华人民共和国", "居民身份证", "签发机关  北京市公安局东城分局", "有效期限  2020.06.01-2040.06.01")


def front(number: str) -> tuple[str, ...]:
    born = f"{number[6:10]}年{int(number[10:12])}月{int(number[12:14])}日"
    sex = "男" if int(number[16]) % 2 else "女"
    return (
        "姓名  王晓",
        f"性别  {sex}   民族  汉",
        f"出生  {born}",
        "住址  北京市东城区东直门外大街18号",
        f"公民身份号码  {number}",
    )


async def picture(screen: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await screen.screenshot(path=PICTURES / f"verification-{name}.png")


async def test_a_person_proves_who_they_are(open_phone: OpenPhone, office: Office, tmp_path: Path) -> None:
    number = id_number()
    client = await open_phone("client")
    await client.sign_in_as(office.client(1)["display_name"])
    screen = client.page
    await screen.goto("/me")
    await screen.get_by_role("link", name="实名认证").click()
    agree = screen.get_by_role("button", name="同意并开始")
    await expect(agree).to_be_disabled()
    await picture(screen, "consent")
    await screen.get_by_label("我已阅读，并单独同意上述处理").check()
    await agree.click()
    for label, lines in (("身份证人像面", front(number)), ("身份证国徽面", BACK)):
        photo = tmp_path / f"{secrets.token_hex(4)}.png"
        page(lines).save(photo)
        await screen.get_by_label(f"拍摄{label}").set_input_files(photo)
        await expect(screen.locator(".paper", has_text=label)).to_contain_text("已识别", timeout=READING_MS)
    await expect(screen.locator("[name=id_number]")).to_have_value(number)
    await expect(screen.locator("[name=valid_to]")).to_have_value("2040-06-01")
    await screen.locator("[name=valid_to]").fill("2030-06-01")
    await screen.get_by_role("button", name="确认并提交").click()
    await expect(screen.get_by_text("有效期与年龄不符")).to_be_visible()
    await picture(screen, "fields")
    await screen.locator("[name=valid_to]").fill("2040-06-01")
    await screen.get_by_role("button", name="确认并提交").click()
    await expect(screen.locator(".state")).to_contain_text("已认证")
    await expect(screen.locator(".state")).to_contain_text(re.compile(rf"110\*+{number[-4:]}"))
    assert number not in await screen.content()
    await picture(screen, "verified")
    await screen.goto("/me")
    await expect(screen.get_by_text("已实名")).to_be_visible()
