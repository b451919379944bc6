"""The desk's pages at a phone's and at a desk's width: what waits, campaigns, firms and rules, books, held content.

Requirements E1, E2, E3, J1 (what staff do with them) and ruling 27 (what is doubted is judged by people).
"""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from miniprogram_api.content import Verdict
from schemas.api.orders import OrderBody, OrderView
from schemas.credit_codes import check_character
from schemas.documents.content import ContentCheckDocument
from schemas.enums import ContentState, Role
from server.demo.products import PRODUCTS
from server.wiring import House
from services.clock import utc_now
from services.days import day_of
from services.identity.people import NewClient
from services.ids import new_id
from services.ledger.accounts import COUPONS, PLATFORM
from services.ledger.entries import Posting, lines
from tests.e2e.conftest import DESK_SIZE, PHONE_SIZE
from tests.e2e.phone import Phone, no_barriers
from tests.house import Person, client, lawyer, open_doors, open_house, say, signed_in, space_of
from tests.parts.databases import SettingsMaker
from tests.parts.sandboxes import OwnSandbox
from tests.services.orders_world import intent

PASSWORD = "correct horse battery"
BILLED = day_of(utc_now() - timedelta(hours=10)) - timedelta(days=1)  # a bill comes at ten the next day


class Bureau:
    """A whole process, and browsers of people who sit at its desk."""

    def __init__(self, house: House, url: str, chromium: Browser) -> None:
        self.house = house
        self._url = url
        self._chromium = chromium
        self._phones: list[Phone] = []

    async def sit(self, name: str, role: Role, *, desk: bool = False) -> Page:
        """Somebody new, signed in with a password, at the desk's menu."""
        login = f"login-{new_id()}"
        await self.house.staff.create(login, name, [role], password=PASSWORD, second_factor=False)
        context = await self._chromium.new_context(
            base_url=self._url,
            viewport=DESK_SIZE if desk else PHONE_SIZE,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        phone = Phone(name, context, await context.new_page())
        self._phones.append(phone)
        page = phone.page
        await page.goto("/sign-in?as=staff&next=/desk")
        await page.get_by_label("账号").fill(login)
        await page.get_by_label("密码").fill(PASSWORD)
        await page.get_by_role("button", name="登录", exact=True).click()
        await page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    async def leave(self) -> None:
        for phone in self._phones:
            await phone.context.close()
        assert [fault for phone in self._phones for fault in phone.faults] == []
        self._phones.clear()

    async def ordered(self, person: Person) -> OrderView:
        products = await self.house.services.products.put(PRODUCTS)
        body = OrderBody(product_id=products["consultation"], need={"description": "房东不退押金。", "topic": "房产"})
        return await self.house.services.orders.place(person.actor, body, intent(person.actor, "orders", body))

    async def known_client(self, phone: str, name: str) -> Person:
        new = NewClient(phone=phone, display_name=name)
        return await signed_in(self.house, await self.house.services.accounts.ensure_client(new))


@pytest.fixture(scope="module")
async def bureau_open(
    make_settings: SettingsMaker, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Bureau]:
    """With a sandbox whose bills are empty: nobody ever paid in it."""
    sandbox = OwnSandbox(tmp_path_factory.mktemp("vendor") / "sandbox", "http://127.0.0.1:9")
    try:
        async with open_house(make_settings(**sandbox.fields)) as house, open_doors(house) as url:
            await house.blobs.ensure_bucket()
            yield Bureau(house, url, chromium)
    finally:
        sandbox.stop()


@pytest.fixture
async def bureau(bureau_open: Bureau) -> AsyncIterator[Bureau]:
    yield bureau_open
    await bureau_open.leave()


async def test_what_waits_is_found_looked_into_and_closed(bureau: Bureau) -> None:
    house = bureau.house
    wang, li = await client(house, "王晓"), await lawyer(house)
    space_id = await space_of(house, wang, li, title="押金纠纷咨询")
    await say(house, wang, space_id, "房东说墙面有划痕。")
    items = house.core.work_items
    await items.open("outbox.test", "a", title="后台任务已暂停", advice="查看日志。", urgent=True, space_id=space_id)
    await items.open("money.test", "b", title="退款未成功", advice="改用线下退款。", amount_fen=4900)
    page = await bureau.sit("客服小林", Role.SUPPORT)
    await expect(page.get_by_role("link", name="总账")).to_have_count(0)
    link = page.get_by_role("link", name="工单")
    await expect(link).to_contain_text("2件待处理")
    await link.click()
    await expect(page.get_by_role("button", name="退款未成功")).to_be_visible()
    await page.get_by_role("tab", name="紧急").click()
    await expect(page.get_by_role("button", name="退款未成功")).to_have_count(0)
    await page.get_by_role("tab", name="资金").click()
    await page.get_by_role("button", name="退款未成功").click()
    sheet = page.get_by_role("dialog", name="工单详情")
    await expect(sheet.get_by_text("¥49")).to_be_visible()
    await expect(sheet.get_by_text("涉及资金的工单由运营人员关闭。")).to_be_visible()
    await no_barriers(page)
    await sheet.get_by_role("button", name="关闭").click()
    await page.get_by_role("tab", name="全部").click()
    await page.get_by_role("button", name="后台任务已暂停").click()
    await sheet.get_by_role("link", name="查看案件空间").click()
    await expect(page.get_by_text("房东说墙面有划痕。")).to_be_visible()
    await expect(page.get_by_text("只读，每次查看都会留下记录")).to_be_visible()
    await no_barriers(page)
    assert await house.database.audit.count_documents({"subject": f"space:{space_id}", "action": "space.read_by_desk"})
    await page.go_back()
    await page.get_by_role("button", name="后台任务已暂停").click()
    await sheet.get_by_label("处理结果").fill("已重新执行")
    await sheet.get_by_role("button", name="关闭工单").click()
    await expect(page.get_by_text("工单已关闭")).to_be_visible()
    await page.goto("/desk")
    await expect(link).to_contain_text("1件待处理")


async def test_support_finds_a_space_by_the_clients_phone_and_joins_it(bureau: Bureau) -> None:
    house = bureau.house
    zhao = await bureau.known_client("13700003333", "赵女士")
    await space_of(house, zhao, await lawyer(house), title="买卖合同咨询")
    await space_of(house, await client(house), await lawyer(house), title="别人的案件")
    page = await bureau.sit("客服小周", Role.SUPPORT)
    await page.get_by_role("link", name="全部案件空间").click()
    await page.get_by_role("searchbox").fill("13700003333")
    await page.get_by_role("button", name="搜索").click()
    await expect(page.get_by_text("别人的案件")).to_have_count(0)
    await page.get_by_role("link", name="买卖合同咨询").click()
    await page.get_by_role("button", name="加入空间").click()
    await page.get_by_role("button", name="加入", exact=True).click()
    await expect(page.locator(".chat .composer")).to_be_visible()
    await page.get_by_role("button", name="聊天信息").click()
    sheet = page.get_by_role("dialog", name="聊天信息")
    await lawyer(house, "审核周", Role.REVIEWER)
    await sheet.get_by_role("button", name="添加成员").click()
    await sheet.get_by_role("tab", name="审核律师").click()
    await sheet.get_by_role("button", name="审核周").click()
    await page.get_by_role("button", name="审核周可看全部聊天记录").click()
    await expect(sheet.get_by_text("审核律师 ·")).to_be_visible()


async def test_a_campaign_is_set_up_given_and_stopped(bureau: Bureau) -> None:
    await bureau.house.services.products.put(PRODUCTS)
    await bureau.known_client("13700004444", "钱先生")
    page = await bureau.sit("运营小何", Role.OPS, desk=True)
    await page.get_by_role("link", name="优惠券").click()
    await expect(page.get_by_text("还没有优惠券")).to_be_visible()
    await page.get_by_role("button", name="新建优惠券").click()
    form = page.get_by_role("dialog", name="新建优惠券")
    await form.get_by_label("名称（客户可见）").fill("新人立减券")
    await form.get_by_label("内部代号").fill("Welcome")
    await expect(form.get_by_role("alert")).to_contain_text("小写字母")
    await form.get_by_label("内部代号").fill("welcome")
    await form.get_by_label("立减（元）").fill("10")
    await form.get_by_label("满多少可用（元）").fill("30")
    await form.get_by_label("发放总量").fill("200")
    await form.get_by_role("button", name="保存").click()
    row = page.get_by_role("button", name="新人立减券")
    await expect(row).to_contain_text("立减 ¥10，满 ¥30 可用")
    await row.click()
    sheet = page.get_by_role("dialog", name="新人立减券")
    await expect(sheet.get_by_role("button", name="发放给客户")).to_have_count(0)
    await sheet.get_by_role("button", name="复核通过").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="复核通过").click()
    await expect(page.get_by_text("须由发起人以外的工作人员复核")).to_be_visible()

    page = await bureau.sit("运营小郑", Role.OPS, desk=True)
    row, sheet = page.get_by_role("button", name="新人立减券"), page.get_by_role("dialog", name="新人立减券")
    await page.goto("/desk/coupons")
    await expect(row).to_contain_text("待复核")
    await row.click()
    await sheet.get_by_role("button", name="复核通过").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="复核通过").click()
    await sheet.get_by_role("button", name="发放给客户").click()
    await sheet.get_by_role("searchbox").fill("13700004444")
    await sheet.get_by_role("button", name="搜索").click()
    await expect(page.get_by_text("钱先生 137****4444")).to_be_visible()
    await page.get_by_role("button", name="发放", exact=True).click()
    await expect(sheet.locator(".numbers div", has_text="未使用").locator("dd")).to_have_text("1")
    await sheet.get_by_role("button", name="生成兑换码").click()
    await page.get_by_placeholder("1 至 200").fill("3")
    await page.get_by_role("button", name="生成", exact=True).click()
    await expect(sheet.locator(".codes")).to_have_text(re.compile(r"^(\S+\n){2}\S+$"))
    await expect(sheet.get_by_text("0 / 3")).to_be_visible()
    await sheet.get_by_role("button", name="停止发放").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="停止发放").click()
    await sheet.get_by_role("button", name="关闭").click()
    await expect(row).to_contain_text("已停止发放")

    await page.get_by_role("link", name="平台补贴").click()
    await page.get_by_role("button", name="新建补贴").click()
    form = page.get_by_role("dialog", name="新建补贴")
    await form.get_by_label("名称（客户可见）").fill("普法补贴")
    await form.get_by_label("内部代号").fill("autumn")
    await form.get_by_label("按比例").check()
    await form.get_by_label("减免比例（%）").fill("15")
    await form.get_by_label("预算（元）").fill("500")
    await form.get_by_role("button", name="发布").click()
    row = page.get_by_role("button", name="普法补贴（第 1 版）")
    await expect(row).to_contain_text("8.5 折")
    await row.click()
    await page.get_by_role("button", name="发布新版本").click()
    form = page.get_by_role("dialog", name="发布新版本")
    await expect(form.get_by_label("减免比例（%）")).to_have_value("15")
    await form.get_by_label("减免比例（%）").fill("20")
    await form.get_by_role("button", name="发布").click()
    await expect(page.get_by_role("button", name="普法补贴（第 2 版）")).to_contain_text("进行中")
    await expect(row).to_contain_text("已终止")
    await page.get_by_role("button", name="普法补贴（第 2 版）").click()
    await page.get_by_role("button", name="终止", exact=True).click()
    await page.get_by_role("alertdialog").get_by_role("button", name="终止").click()
    await expect(page.get_by_text("进行中")).to_have_count(0)


async def test_a_firm_its_lawyer_the_rules_and_a_penalty(bureau: Bureau) -> None:
    house = bureau.house
    await lawyer(house, "孙律师")
    await house.services.rulebook.ensure()
    order = await bureau.ordered(await client(house))
    page = await bureau.sit("运营小孙", Role.OPS)
    await page.get_by_role("link", name="律所与律师").click()
    await page.get_by_role("button", name="登记律所").click()
    form = page.get_by_role("dialog", name="登记律所")
    await form.get_by_label("律所名称（与登记一致）").fill("正平律师事务所")
    start = "31110000MD0123456"
    await form.get_by_label("统一社会信用代码").fill(start + check_character(start))
    await form.get_by_role("button", name="保存").click()
    await page.get_by_role("button", name="正平律师事务所").click()
    sheet = page.get_by_role("dialog", name="正平律师事务所")
    await sheet.get_by_role("button", name="添加律师").click()
    await sheet.get_by_placeholder("按姓氏或姓名查找").fill("孙")
    await sheet.get_by_role("button", name="孙律师").click()
    await page.get_by_role("button", name="加入", exact=True).click()
    await expect(sheet.get_by_text("执业律师（1）")).to_be_visible()
    await sheet.get_by_label("微信支付商户号").fill("1900000109")
    await sheet.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("button", name="正平律师事务所")).to_contain_text("商户号待复核")
    second = await bureau.sit("运营小吴", Role.OPS)
    await second.goto("/work-items")
    await second.get_by_role("button", name="律所收款商户号待复核").click()
    await second.get_by_role("link", name="去复核商户号").click()
    await second.get_by_role("button", name="正平律师事务所").click()
    await second.get_by_role("button", name="复核通过").click()
    await second.get_by_role("alertdialog").get_by_role("button", name="复核通过").click()
    await expect(second.get_by_role("button", name="正平律师事务所")).to_contain_text("可分账")

    await page.goto("/desk/rules")
    await page.get_by_role("button", name="制定新版本").click()
    rows = page.get_by_role("group", name=re.compile("条分成"))
    await rows.nth(1).get_by_label("分成（%）").fill("65")
    await page.get_by_label("5 星").fill("")
    await expect(page.get_by_role("status")).to_have_text("星级系数须为 0 至 200 的百分比")
    await page.get_by_label("5 星").fill("120")
    await page.get_by_role("button", name="发布").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="发布").click()
    newest = page.locator("details", has_text="第 2 版")
    await expect(newest).to_contain_text("待生效")
    await expect(newest).to_contain_text("65%")
    await expect(page.locator("details", has_text="第 1 版")).to_contain_text("现行")

    await page.goto("/desk/penalties")
    await page.get_by_role("button", name="登记扣款").click()
    form = page.get_by_role("dialog", name="登记扣款")
    await form.get_by_label("订单号").fill(order.number)
    await form.get_by_label("违反平台规则").check()
    await form.get_by_role("button", name="提交").click()
    imposed = page.locator(".penalty", has_text=order.number)
    await expect(imposed).to_contain_text("运营小孙登记")
    await imposed.get_by_role("button", name="免除").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="免除").click()
    await expect(imposed.locator(".tag")).to_have_text("已免除")


async def test_a_companys_account_its_people_and_a_transfer(bureau: Bureau) -> None:
    """B6, E2: the page that a company's own admins have, too."""
    await bureau.known_client("13700005555", "孙经理")
    await bureau.known_client("13700006666", "周助理")
    page = await bureau.sit("运营小冯", Role.OPS)
    await page.get_by_role("link", name="企业账户").click()
    await page.get_by_role("button", name="开通企业账户").click()
    form = page.get_by_role("dialog", name="开通企业账户")
    await form.get_by_label("企业名称（与登记一致）").fill("某某贸易有限公司")
    start = "91110108MA0123456"
    await form.get_by_label("统一社会信用代码").fill(start + check_character(start))
    await form.get_by_label("首位管理员手机号").fill("13700005555")
    await form.get_by_role("button", name="开通", exact=True).click()
    await page.get_by_role("link", name="某某贸易有限公司").click()
    await page.get_by_role("button", name="添加成员").click()
    form = page.get_by_role("dialog", name="添加成员")
    await form.get_by_label("手机号").fill("13700006666")
    await form.get_by_label("可用额度（元）").fill("200")
    await form.get_by_role("button", name="保存").click()
    member = page.get_by_role("button", name=re.compile("^周助理"))
    await expect(member).to_contain_text("额度 ¥200，还可用 ¥200")
    await member.click()
    form = page.get_by_role("dialog", name="周助理")
    await form.get_by_label("可用额度（元）").fill("350")
    await form.get_by_role("button", name="保存").click()
    await expect(member).to_contain_text("额度 ¥350")
    await page.get_by_role("button", name="登记转账").click()
    form = page.get_by_role("dialog", name="登记银行转账")
    await form.get_by_label("金额（元）").fill("5000")
    await form.get_by_label("银行流水号").fill("BANK-2026-1122")
    await form.get_by_role("button", name="登记").click()
    await expect(page.get_by_text("银行转账待复核")).to_be_visible()
    second = await bureau.sit("运营小陈", Role.OPS)
    await second.goto(page.url)
    await second.get_by_role("button", name="复核通过").click()
    await second.get_by_role("alertdialog").get_by_role("button", name="复核通过").click()
    await expect(second.locator(".balance__sum")).to_have_text("¥5,000")
    await expect(second.locator(".line")).to_contain_text("+¥5,000")
    await second.get_by_role("button", name="移出周助理").click()
    await second.get_by_role("alertdialog").get_by_role("button", name="移出").click()
    await expect(second.get_by_text("成员（1）")).to_be_visible()


async def test_a_day_with_a_difference_says_what_to_do(bureau: Bureau) -> None:
    house = bureau.house
    moved = Posting(
        cause=f"test:{new_id()}",
        kind="payment",
        at=datetime.fromisoformat(f"{BILLED}T12:00:00+08:00"),
        lines=lines((COUPONS, 4900), (PLATFORM, -4900)),
    )

    async def write(session: Any) -> None:
        await house.core.ledger.write(session, moved)

    await house.database.transaction(write)
    page = await bureau.sit("钱会计", Role.OPS, desk=True)
    await page.get_by_role("link", name="对账").click()
    await page.get_by_role("button", name="核对某一天").click()
    form = page.get_by_role("dialog", name="核对某一天")
    await expect(form.get_by_label("日期")).to_have_value(str(BILLED))
    await form.get_by_role("button", name="取账单并核对").click()
    await page.wait_for_url(f"**/reconciliations/{BILLED}")
    difference = page.locator(".card", has_text="有一笔分录找不到业务来源")
    await expect(difference).to_contain_text(moved.cause)
    await expect(difference).to_contain_text("实记 ¥49")
    await expect(difference).to_contain_text("分录不得删改")
    await page.get_by_role("button", name="重建分录").click()
    await expect(page.get_by_role("status")).to_contain_text("分录没有来源")
    await page.get_by_role("button", name="重新核对").click()
    await expect(page.get_by_text("第 2 次")).to_be_visible()
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="下载交易账单").click()
    assert (await saved.value).suggested_filename == f"trades-{BILLED}.csv"

    await page.get_by_role("link", name="总账").click()
    await expect(page.get_by_text("借贷平衡")).to_be_visible()
    await page.get_by_role("button", name="费用").click()
    await expect(page.get_by_role("row", name=re.compile("coupons"))).to_contain_text("¥49")
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="下载 CSV").click()
    assert (await saved.value).suggested_filename.startswith("ledger-")
    await page.goto("/desk/notices")
    await expect(page.get_by_text("这些天没有通知")).to_be_visible()


async def test_held_content_is_read_and_released(bureau: Bureau) -> None:
    house = bureau.house
    wang = await client(house, "王晓")
    space_id = await space_of(house, wang, await lawyer(house), title="人身损害咨询")
    message = await say(house, wang, space_id, "他把我打成这样，照片里有血。")
    now = utc_now()
    check: ContentCheckDocument = {
        "_id": f"{space_id}-{message.seq}",
        "schema_version": 1,
        "space_id": space_id,
        "seq": message.seq,
        "sender_id": wang.id,
        "type": "text",
        "state": ContentState.ASKED,
        "tries": 1,
        "sent_at": now,
        "updated_at": now,
    }
    await house.database.content_checks.insert_one(check)
    await house.services.content_holds.hold(check, Verdict("risky", 20006, "trace"))
    page = await bureau.sit("审核周", Role.REVIEWER)
    await page.get_by_role("link", name="内容审核").click()
    held = page.get_by_role("button", name="疑似违法犯罪 · 文字")
    await expect(held).to_contain_text("高风险")
    await held.click()
    await page.get_by_role("button", name="查看", exact=True).click()
    sheet = page.get_by_role("dialog", name="内容审核")
    await expect(sheet.get_by_text("他把我打成这样，照片里有血。")).to_be_visible()
    await expect(sheet.get_by_text("人身损害咨询")).to_be_visible()
    await sheet.get_by_label("恢复显示").check()
    await sheet.get_by_label("理由").fill("当事人陈述案情，属于证据。")
    await sheet.get_by_role("button", name="提交").click()
    await expect(page.get_by_text("没有待审核的内容")).to_be_visible()
    await page.get_by_role("tab", name="已恢复").click()
    await expect(held).to_be_visible()
    actions = [row["action"] async for row in house.database.audit.find({"subject": f"space:{space_id}"})]
    assert actions.count("content.read") == 1
