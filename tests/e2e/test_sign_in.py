"""Signing in and staying signed in."""

from playwright.async_api import Request, expect

from tests.e2e.conftest import OpenPhone
from tests.e2e.phone import no_barriers
from tests.e2e.sandbox import Office


async def test_phone_and_code(open_phone: OpenPhone, office: Office) -> None:
    client, me = await open_phone("client"), office.client(2)
    page = client.page
    await page.goto("/orders")  # needs a signed-in person, and remembers where they wanted to go
    await page.get_by_label("手机号").fill(me["phone"])
    box = page.get_by_role("checkbox", name="我已阅读并同意")
    await expect(box).not_to_be_checked()
    await page.get_by_role("button", name="获取验证码").click()
    await expect(page.get_by_role("alertdialog")).to_contain_text("隐私政策")  # nothing goes out before (PIPL 13, 14)
    await page.get_by_role("alertdialog").get_by_role("button", name="取消").click()
    await page.get_by_role("button", name="《隐私政策》").click()
    await expect(page.get_by_role("dialog", name="隐私政策")).to_contain_text("您的权利")
    await page.get_by_role("button", name="关闭").click()
    await box.check()
    await page.get_by_role("button", name="获取验证码").click()
    await expect(page.get_by_text("验证码已发送")).to_be_visible()
    code = await office.sms_code(me["phone"])
    await page.get_by_label("验证码", exact=True).fill("0" * len(code) if code != "0" * len(code) else "1" * len(code))
    await page.get_by_role("button", name="登录 / 注册").click()
    await expect(page.get_by_text("验证码不正确或已过期")).to_be_visible()
    await no_barriers(page)
    await page.get_by_label("验证码", exact=True).fill(code)
    await page.get_by_role("button", name="登录 / 注册").click()
    await page.wait_for_url("**/orders")
    await client.open_me()
    await expect(page.get_by_role("heading", name=me["display_name"])).to_be_visible()
    assert me["phone"] not in await page.content()
    await page.get_by_role("link", name="隐私与协议").click()
    await expect(page.get_by_text("已同意")).to_have_count(2)
    await no_barriers(page)
    await page.get_by_role("button", name="撤回同意").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="撤回并退出").click()
    await page.wait_for_url("**/sign-in**")
    await client.sign_in_as(me["display_name"])  # a way in without the box meets the gate
    await page.get_by_role("dialog").get_by_label("我已阅读并同意").check()
    await page.get_by_role("button", name="同意并继续").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_staff_are_asked_for_their_second_factor(open_phone: OpenPhone, office: Office) -> None:
    support = office.staff("support")
    desk = await open_phone("desk")
    page = desk.page
    await page.goto("/sign-in?as=staff")
    await page.get_by_label("账号").fill(support["login"])
    await page.get_by_label("密码").fill(support["password"])
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.get_by_label("动态验证码").fill("000000")
    await page.get_by_role("button", name="登录", exact=True).click()
    await expect(page.get_by_text("动态验证码不正确")).to_be_visible()


async def test_an_expired_token_is_renewed_once_for_all_tabs(open_phone: OpenPhone, office: Office) -> None:
    client = await open_phone("client")
    await client.sign_in_as(office.client()["display_name"])
    renewals: list[str] = []

    def count(request: Request) -> None:
        if request.url.endswith("/auth/refresh"):
            renewals.append(request.url)

    client.context.on("request", count)
    await client.page.evaluate(
        """() => {
            const session = JSON.parse(localStorage.getItem("casespace.session"))
            session.access_token = session.access_token.slice(0, -4) + "AAAA"
            localStorage.setItem("casespace.session", JSON.stringify(session))
        }"""
    )
    second = await client.context.new_page()
    client.watch(second)
    await client.page.goto("/orders")
    await second.goto("/spaces")
    for page in (client.page, second):
        await expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
        await page.wait_for_load_state("networkidle")
        assert "/sign-in" not in page.url
    assert len(renewals) == 1


async def test_signing_out_ends_it_in_every_tab(open_phone: OpenPhone, office: Office) -> None:
    client = await open_phone("client")
    await client.sign_in_as(office.client(1)["display_name"])
    second = await client.context.new_page()
    await second.goto("/orders")
    await client.open_me()
    await client.page.get_by_role("button", name="退出登录").click()
    await client.page.get_by_role("alertdialog").get_by_role("button", name="退出", exact=True).click()
    await client.page.wait_for_url("**/sign-in**")
    await second.wait_for_url("**/sign-in**")
    assert await client.page.evaluate("Object.keys(localStorage)") == []
