"""Away and back: nothing is lost, doubled or out of order, and who is away is told by WeChat once."""

from pathlib import Path

from playwright.async_api import Page, Route, WebSocketRoute, expect

from tests.e2e import samples
from tests.e2e.conftest import OpenPhone
from tests.e2e.sandbox import Office
from tests.e2e.waiting import until


async def test_offline_and_back(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case()
    me = office.client()
    client, lawyer = await open_phone("client"), await open_phone("lawyer")
    await client.sign_in_as(me["display_name"])
    await client.open_space(case.space_id)
    await client.page.get_by_role("button", name="开启", exact=True).click()
    await expect(client.page.get_by_text("已开启消息提醒")).to_be_visible()
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.open_space(case.space_id)
    before = len(await office.notices(me["openid"]))

    await client.go_offline()
    await client.say("我在地铁上，信号不好")
    await expect(client.page.get_by_label("正在发送")).to_be_visible()
    for text in ("材料看过了。", "请先不要签离职文件。", "工资流水也请发来。"):
        await lawyer.say(text)
    await lawyer.all_sent()
    assert await client.said("材料看过了").count() == 0

    async def told() -> bool:
        return len(await office.notices(me["openid"])) > before

    await until(told, "WeChat tells the client", 40)
    await client.come_back()
    await client.all_sent()
    assert await client.same_texts(lawyer) == [
        "材料看过了。",
        "请先不要签离职文件。",
        "工资流水也请发来。",
        "我在地铁上，信号不好",
    ]
    assert len(await office.notices(me["openid"])) == before + 1


async def test_pages_that_failed_offline_load_themselves(open_phone: OpenPhone, office: Office) -> None:
    """A2: nobody presses "reload" when the network is back; what is not there offers the way back instead."""
    await office.open_case(2)
    client = await open_phone("client")
    await client.sign_in_as(office.client(2)["display_name"])
    await client.go_offline()
    tabs = client.page.get_by_role("navigation", name="主导航")
    await tabs.get_by_role("link", name="订单").click()
    await expect(client.page.get_by_role("button", name="重新加载")).to_be_visible()
    await client.come_back()
    await expect(client.page.locator(".order__name").first).to_have_text("图文法律咨询")
    await client.page.goto("/orders/000000000000000000000000")
    await expect(client.page.get_by_text("订单不存在或无权查看")).to_be_visible()
    await client.page.get_by_role("button", name="返回", exact=True).last.click()
    await client.page.wait_for_url("**/products")


async def test_unsent_messages_survive_a_reload(open_phone: OpenPhone, office: Office, tmp_path: Path) -> None:
    case = await office.open_case(1)
    client = await open_phone("client")
    await client.sign_in_as(office.client(1)["display_name"])
    await client.open_space(case.space_id)
    await client.go_offline()
    for text in ("第一条", "第二条"):
        await client.say(text)
    await client.send_photo(samples.photo(tmp_path / "照片.jpg"))
    await expect(client.page.get_by_label("正在发送")).to_have_count(3)
    await client.page.close()

    # The page itself loads again, but nothing gets through to the product.
    async def refuse(route: Route) -> None:
        await route.abort()

    async def hang_up(socket: WebSocketRoute) -> None:
        await socket.close()

    await client.context.set_offline(False)
    page: Page = await client.context.new_page()
    client.page = page
    client.watch(page)
    await page.route("**/api/**", refuse)
    await page.route_web_socket("**/socket.io/**", hang_up)
    await page.goto(f"/spaces/{case.space_id}")
    await expect(page.get_by_label("正在发送")).to_have_count(3)
    await expect(client.mine(".image img")).to_be_visible()
    await page.close()

    client.page = await client.context.new_page()
    client.watch(client.page)
    await client.open_space(case.space_id)
    await expect(client.mine(".image img")).to_be_visible()
    await client.all_sent()
    assert await client.texts() == ["第一条", "第二条"]
    lawyer = await open_phone("lawyer")
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.open_space(case.space_id)
    assert await client.same_texts(lawyer) == ["第一条", "第二条"]
    await expect(lawyer.page.locator(".chat .image img")).to_have_count(1)


async def test_a_lost_answer_doubles_nothing(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case(2)
    client = await open_phone("client")
    await client.sign_in_as(office.client(2)["display_name"])
    page = client.page
    sent: list[str] = []
    lost: list[str] = []

    def pass_on(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def to_server(message: str | bytes) -> None:
            if "message:send" in str(message):
                sent.append(str(message))
            server.send(message)

        def to_page(message: str | bytes) -> None:
            # Of the first attempt nothing comes back: neither the acknowledgement nor the message itself.
            if "只发一次" in str(message) and len(sent) == 1:
                lost.append(str(message))
            else:
                route.send(message)

        route.on_message(to_server)
        server.on_message(to_page)

    await page.route_web_socket("**/socket.io/**", pass_on)
    await client.open_space(case.space_id)
    await client.say("只发一次")
    await client.all_sent()
    assert len(sent) == 2
    assert lost
    await page.unroute_all()
    await page.reload()
    await client.at_space()
    await expect(client.said("只发一次")).to_have_count(1)


async def test_without_websockets_messages_still_come_and_go(open_phone: OpenPhone, office: Office) -> None:
    case = await office.open_case(2)
    client, lawyer = await open_phone("client"), await open_phone("lawyer")

    async def hang_up(socket: WebSocketRoute) -> None:
        await socket.close()

    await client.page.route_web_socket("**/socket.io/**", hang_up)
    await client.sign_in_as(office.client(2)["display_name"])
    await client.open_space(case.space_id)
    await lawyer.sign_in_as(case.lawyer)
    await lawyer.open_space(case.space_id)
    await client.say("公司网络不让用长连接")
    await expect(lawyer.said("公司网络不让用长连接")).to_be_visible()
    await client.all_sent()
    await lawyer.say("没关系，照常沟通。")
    await expect(client.said("没关系，照常沟通。")).to_be_visible()
    await expect(client.page.get_by_text("网络不可用，正在重连…")).to_be_visible()
