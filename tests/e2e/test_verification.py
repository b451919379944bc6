"""A person proves who they are (B2), at phone size, with the real engine and the sandbox as the provider."""

import re
import secrets
from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.conftest import PICTURES, OpenPhone
from tests.e2e.sandbox import Office
from tests.ocr.pictures import page
from tests.services.verification.verification_world import id_number, licence

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


def licence_page(number: str) -> tuple[str, ...]:
    return (
        "律师执业证",
        "执业机构  明理律师事务所",
        "执业证类别  专职律师",
        f"执业证号  {number}",
        "持证人  李敏",
        "发证日期  2026年03月01日",
    )


async def test_ops_decide_about_a_lawyers_licence(open_phone: OpenPhone, tmp_path: Path) -> None:
    number = licence()["licence_number"]
    counsel, ops = await open_phone("lawyer"), await open_phone("ops", desk=True)
    await counsel.sign_in_as("周律师")
    screen = counsel.page
    await screen.goto("/me/verification")
    await screen.get_by_role("tab", name="律师执业认证").click()
    await expect(screen.locator(".state")).to_contain_text("已认证")  # the demo office has seen the licence
    await screen.get_by_role("button", name="重新认证").click()
    await screen.get_by_label("我已阅读，并单独同意上述处理").check()
    await screen.get_by_role("button", name="同意并开始").click()
    photo = tmp_path / f"{secrets.token_hex(4)}.png"
    page(licence_page(number)).save(photo)
    await screen.get_by_label("拍摄律师执业证").set_input_files(photo)
    await expect(screen.locator("[name=licence_number]")).to_have_value(number, timeout=READING_MS)
    await picture(screen, "licence")
    await screen.get_by_role("button", name="确认并提交").click()
    await expect(screen.locator(".state")).to_contain_text("人工审核中")

    await ops.sign_in_as("运营小何")
    desk = ops.page
    await desk.goto("/desk/verifications")
    await desk.locator("section", has_text="周律师").get_by_role("button", name="查看（留痕）").click()
    await expect(desk.get_by_role("img", name="律师执业证")).to_be_visible()
    await expect(desk.get_by_text(number)).to_be_visible()
    await picture(desk, "desk")
    await desk.get_by_role("button", name="通过", exact=True).click()
    await desk.get_by_role("alertdialog").get_by_role("button", name="通过", exact=True).click()
    await expect(desk.get_by_text("没有待审核的认证")).to_be_visible()
    await screen.reload()
    await screen.get_by_role("tab", name="律师执业认证").click()
    await expect(screen.locator(".state")).to_contain_text(re.compile(r"已认证.*李\*", re.DOTALL))
