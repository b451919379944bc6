"""The H5 page of a hearing in real Chromium with a real Janus: seen, heard, and back by itself (I6)."""

import asyncio
import re
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from playwright.async_api import Browser, async_playwright, expect

from schemas.hearing_enums import AbsenceCause, ActKind, HearingStage
from server.embedded.janus import Janus
from server.embedded.ports import KeptPorts
from server.wiring import House
from services.hearings.docket import ACTED
from services.hearings.scheduling import CALLED
from tests.e2e.conftest import FLAGS, chromium_path
from tests.e2e.phone import no_barriers
from tests.house import client, open_doors, open_house
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.patience import PATIENCE
from tests.services.hearings.exchange_world import choose, move
from tests.services.hearings.hearing_world import World, called, owed
from tests.services.hearings.minutes_world import Scribe
from tests.services.hearings.test_suggestions import recorded
from tests.services.media_samples import heic
from tests.voice.inside.court_phone import CourtPhone, phone_of
from tests.voice.inside.speakers import RATE

SPOKEN = re.compile(r"^\s*(?!00:00)\d\d:\d\d")  # a second or more: a busy machine shows not every one of them


@pytest.fixture(scope="module")
async def chromium(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    voice = tmp_path_factory.mktemp("voice") / "voice.wav"
    write_voice(voice)
    async with async_playwright() as playwright:
        expect.set_options(timeout=PATIENCE * 1000)
        # The tests' network has nothing but addresses of loopback.
        flags = [*FLAGS, "--allow-loopback-in-peer-connection", f"--use-file-for-fake-audio-capture={voice}"]
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=flags)
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
async def house(
    make_settings: SettingsMaker, parts: RealParts, janus: Janus, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    port = KeptPorts(tmp_path_factory.mktemp("ports") / "ports.json").get("web")
    fields: dict[str, Any] = {
        name.removeprefix("CASESPACE_").lower(): value for name, value in janus.variables().items()
    }
    fields |= {"http_port": port, "public_url": f"http://127.0.0.1:{port}", "speech_url": f"{parts.sandbox_url}/v1"}
    settings = make_settings(**fields)
    async with open_house(settings) as opened, open_doors(opened):
        yield opened


def write_voice(path: Path) -> None:
    """What microphones pick up: four seconds, over and over, that noise suppression takes for speech."""
    time = np.arange(4 * RATE) / RATE
    tones = sum(np.sin(2 * np.pi * 140 * number * time) / number for number in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 4 * time) + 0.4, 0, 1)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((tones * syllables * 0.2 * 32767).astype(np.int16).tobytes())


def paper(folder: Path) -> Path:
    document = pypdfium2.PdfDocument.new()
    for width in (595, 842):
        document.new_page(width, 700)
    document.save(folder / "借条.pdf")
    return folder / "借条.pdf"


async def test_two_phones_hold_a_hearing(house: House, chromium: Browser, janus: Janus, tmp_path: Path) -> None:
    world = await called(house, public=True)
    judge = await phone_of(world, chromium, world.judge, "judge")
    wang = await phone_of(world, chromium, world.wang, "wang")
    await judge.come(world.id)
    await wang.come(world.id)
    await expect(wang.page.get_by_text("候审室")).to_be_visible()
    assert await wang.stays_on()
    await wang.picture("waiting")
    await no_barriers(wang.page)

    # roll-call, by the bench's phone; who is not there is noted
    await judge.about("王晓", "准许入庭")
    await expect(wang.page.get_by_text("还没有开庭，请等候")).to_be_visible()
    await judge.about("王晓", "身份核对无误")
    await world.act(world.judge, ActKind.ABSENCE, world.li, cause=AbsenceCause.NO_SHOW)
    await world.act(world.judge, ActKind.ABSENCE, world.zhao, cause=AbsenceCause.EXCUSED)
    await judge.move_to("开庭")
    await expect(wang.page.locator(".bar__stage")).to_contain_text("开庭")
    await expect(wang.page.locator(".light", has_text="录音中")).to_be_visible()

    guest = await observer(world, chromium, judge)

    # the presider is heard; a side is not before it has the floor, and nobody hears themselves
    await wang.hears()
    await guest.hears()
    await guest.phone.context.close()
    await judge.hears_nothing()
    await judge.move_to("法庭调查")
    await judge.move_to("举证质证")
    await wang.button("举手").click()
    await expect(judge.page.get_by_role("img", name="举手中")).to_be_visible()
    await judge.about("王晓", "请其发言")
    await expect(wang.page.get_by_text("正在收音")).to_be_visible()
    await judge.hears()
    await expect(judge.page.locator(".court__saying")).to_contain_text("王晓")
    await expect(judge.page.locator(".person--speaking", has_text="王晓")).to_be_visible()
    await judge.picture("judge")

    await show_a_paper(judge, wang, paper(tmp_path))

    # the court's mute holds, whatever the phone does
    await judge.about("王晓", "静音并锁定")
    await expect(wang.page.get_by_text("麦克风由法庭关闭")).to_be_visible()
    await wang.force_open()
    await judge.hears_nothing()
    await wang.picture("locked")
    await judge.about("王晓", "解除锁定")
    await wang.button("打开麦克风").click()
    await judge.hears()

    await talk_alone(judge, wang)
    await is_at_another_page(judge, wang, (await world.seen(world.judge)).title)
    await comes_back(judge, wang, janus)
    await is_asked_in_a_recess(world, judge, wang)
    assert [*judge.phone.faults, *wang.phone.faults, *guest.phone.faults] == []


async def observer(world: World, chromium: Browser, judge: CourtPhone) -> CourtPhone:
    """Somebody who came by the link of the public hearing, and was let in to listen."""
    guest = await phone_of(world, chromium, await client(world.house, "钱旁听"), "guest")
    await guest.listen((await world.seen(world.judge)).link or "")
    await judge.about("钱旁听", "准许入庭")
    await expect(guest.page.get_by_text("旁听，不能发言")).to_be_visible()
    await guest.picture("observer")
    return guest


async def show_a_paper(judge: CourtPhone, wang: CourtPhone, file: Path) -> None:
    """Both look at the same page (F3)."""
    await judge.button("主持").click()
    await judge.picture("bench")
    await judge.button("展示证据").click()
    await judge.page.get_by_label("选择要展示的文件").set_input_files(file)
    pane = wang.page.get_by_label("证据展示")
    await expect(pane.get_by_role("img", name="证据第 1 页")).to_be_visible()
    await judge.button("下一页").click()
    await expect(pane.get_by_role("img", name="证据第 2 页")).to_be_visible()
    await expect(pane).to_contain_text("第 2 / 2 页")
    await wang.picture("evidence")
    await no_barriers(wang.page)
    await expect(judge.button("下一页")).to_be_disabled()
    await judge.button("跳到某一页").click()
    await judge.page.get_by_role("alertdialog").get_by_role("textbox").fill("1")
    await judge.button("确定").click()
    await expect(pane).to_contain_text("第 1 / 2 页")
    await judge.picture("evidence-bench")
    await judge.button("结束展示").click()
    await expect(pane).to_be_hidden()


async def talk_alone(judge: CourtPhone, wang: CourtPhone) -> None:
    """A side room (I5) from the bench's sheet: who is in it hears the other, and is told that nothing is recorded."""
    await judge.move_to("调解")
    await judge.button("主持").click()
    await judge.button("单独会谈").click()
    await judge.page.get_by_label("陈明").check()
    await judge.page.get_by_label("王晓").check()
    await judge.page.get_by_role("button", name="开始单独会谈（2 人）").click()
    await expect(wang.page.locator(".light", has_text="本室不录音")).to_be_visible()
    await expect(wang.page.get_by_text("单独会谈中：仅本室人员可以听到，不录音")).to_be_visible()
    await wang.hears()
    await wang.picture("caucus")
    await judge.button("主持").click()
    await judge.button("单独会谈").click()
    await judge.button("结束会谈").click()
    await expect(wang.page.locator(".light", has_text="录音中")).to_be_visible()


async def is_at_another_page(judge: CourtPhone, wang: CourtPhone, title: str) -> None:
    """Who turned from the hearing to another page is not there, which the bench can note; they find back themselves."""
    await wang.turn_away()
    await expect(judge.person("王晓")).to_contain_text("不在线")
    await judge.picture("turned-away")
    await judge.about("王晓", "记明：退庭")
    await expect(judge.person("王晓")).to_contain_text("缺席（退庭）")
    await wang.turn_back(title)
    await expect(judge.person("王晓")).to_contain_text("在庭")


async def comes_back(judge: CourtPhone, wang: CourtPhone, janus: Janus) -> None:
    """Without its socket a phone still hears; afterwards it knows what it missed. A new Janus finds it by itself."""
    await wang.phone.context.set_offline(True)
    await expect(wang.page.locator(".light", has_text="网络中断")).to_be_visible()
    await judge.move_to("法庭辩论")
    await wang.phone.context.set_offline(False)
    await expect(wang.page.locator(".bar__stage")).to_contain_text("法庭辩论")
    await wang.connected()
    await wang.hears()

    janus.kill()
    janus.start()
    await asyncio.to_thread(janus.await_ready)
    await wang.connected()
    await judge.connected()
    await wang.hears()


async def is_asked_in_a_recess(world: World, judge: CourtPhone, wang: CourtPhone) -> None:
    """Who sits in the court room sees that somebody asks to go on in turns, and why, without looking for it."""
    await judge.move_to("宣布休庭")
    await choose(world, world.zhao, "apply", "被告下周出差，不便再次同时在线")
    card = wang.page.get_by_label("非同步审理")
    await expect(card).to_contain_text("理由：被告下周出差，不便再次同时在线")
    await expect(card.get_by_role("button", name="同意", exact=True)).to_be_in_viewport()
    await wang.picture("consent-in-recess")
    await expect(judge.page.get_by_label("非同步审理").get_by_role("button", name="不准许")).to_be_in_viewport()
    await judge.picture("consent-in-recess-bench")


async def test_minutes_are_written_corrected_and_signed_on_phones(house: House, chromium: Browser) -> None:
    world = await called(house)
    await world.begin(HearingStage.OPENING, HearingStage.INVESTIGATION)
    clerk = await phone_of(world, chromium, world.clerk, "clerk")
    wang = await phone_of(world, chromium, world.wang, "wang")
    for phone in (clerk, wang):
        await phone.page.goto(f"/hearings/{world.id}/minutes")
        await expect(phone.page.get_by_role("heading", name="庭审笔录").last).to_be_visible()
    await clerk.page.get_by_role("radio", name="原告", exact=True).click()
    await clerk.page.get_by_label("记录内容").fill("被告借款5万元未还。")
    await clerk.button("记入").click()
    entry = wang.page.locator(".entry", has_text="被告借款5万元未还。")
    await expect(entry).to_contain_text("王晓")
    await clerk.button("填写机构、案号、案由、地点").click()
    await clerk.page.get_by_label("办案机构").fill("北京市朝阳区人民法院")
    await clerk.page.get_by_label("案号").fill("（2026）京0105民初1号")
    await clerk.picture("minutes-head")
    await clerk.button("保存").click()
    await expect(clerk.page.get_by_role("dialog", name="笔录首部")).to_be_hidden()
    await expect(wang.page.locator(".head summary")).to_contain_text("（2026）京0105民初1号")
    await clerk.picture("minutes-clerk")

    await owed(house, CALLED, ACTED)
    await recorded(Scribe(world), world.zhao, b"OggS")
    await clerk.page.reload()
    await clerk.button("由录音生成识别草稿").click()
    heard = clerk.page.locator(".entry--suggested")
    await expect(heard).to_contain_text("语音识别，待采纳")
    await clerk.picture("minutes-heard")
    await heard.get_by_role("button").click()
    await clerk.page.get_by_role("dialog", name="操作").get_by_role("button", name="采纳识别结果").click()
    await expect(wang.page.locator(".entry", has_text="这是语音识别的草稿")).to_contain_text("赵敏")

    for stage in (HearingStage.DEBATE, HearingStage.FINAL, HearingStage.CLOSED):
        await world.act(world.judge, ActKind.STAGE, stage=stage)
    await owed(house, CALLED, ACTED)  # the worker's part: the journal drafts what happened
    await clerk.page.reload()
    await clerk.button("送阅核对").click()
    await clerk.button("确定").click()
    await entry.get_by_role("button").click()
    await wang.page.get_by_role("dialog", name="操作").get_by_role("button", name="申请补正").click()
    await wang.page.get_by_role("alertdialog").get_by_role("textbox").fill("被告借款6万元未还。")
    await wang.button("确定").click()
    await clerk.button("按此补正").click()
    await expect(wang.page.get_by_text("被告借款6万元未还。", exact=True)).to_be_visible()
    await wang.picture("minutes-reading")
    await no_barriers(wang.page)
    await clerk.button("定稿").click()
    await clerk.button("确定").click()

    await wang.button("签名").click()
    await draw(wang)
    await wang.picture("minutes-signing")
    await wang.button("确认签名").click()
    await expect(wang.page.get_by_role("img", name="王晓的签名")).to_be_visible()
    await wang.page.get_by_label("签名情况").scroll_into_view_if_needed()
    await wang.picture("minutes-signed")
    assert [*clerk.phone.faults, *wang.phone.faults] == []


async def draw(phone: CourtPhone) -> None:
    """A finger's way over the signature pad."""
    pad = phone.page.get_by_label("手写签名区")
    await pad.hover()  # once the sheet has come to rest
    box = await pad.bounding_box()
    assert box is not None
    mouse = phone.page.mouse
    for row in (0.3, 0.6):
        await mouse.move(box["x"] + 60, box["y"] + box["height"] * row)
        await mouse.down()
        await mouse.move(box["x"] + 180, box["y"] + box["height"] * (row + 0.2), steps=6)
        await mouse.move(box["x"] + 280, box["y"] + box["height"] * row, steps=6)
        await mouse.up()


async def test_a_witness_promises_before_they_testify(house: House, chromium: Browser) -> None:
    """I6: signed on the phone while they wait, read out in court, noted by the bench; then they are heard."""
    second = await client(house, "吴证")
    world = await called(house, witnesses=[second])
    judge = await phone_of(world, chromium, world.judge, "judge")
    await judge.come(world.id)
    await world.come(world.clerk, world.wang, world.li, world.zhao)
    await world.admit(world.wang, world.li, world.zhao)
    for stage in (HearingStage.OPENING, HearingStage.INVESTIGATION):
        await world.act(world.judge, ActKind.STAGE, stage=stage)
    witness = await phone_of(world, chromium, world.witness, "witness")
    await witness.come(world.id)
    card = witness.page.get_by_label("证人保证书")
    await expect(card).to_contain_text("我保证据实陈述，绝无隐瞒、歪曲、增减")
    await witness.picture("witness-waits")
    await witness.button("拒绝签署").click()
    await witness.page.get_by_role("alertdialog").get_by_role("button", name="拒绝签署").click()
    await expect(judge.person("孙证")).to_contain_text("拒绝保证，不得作证")
    await witness.button("签署保证书").click()
    await draw(witness)
    await witness.picture("witness-signs")
    await witness.button("确认签名").click()
    await expect(card).to_contain_text("当庭宣读以下内容")
    await judge.about("孙证", "传唤到庭")
    await judge.about("孙证", "请其宣读保证书")
    await expect(witness.page.get_by_text("正在收音")).to_be_visible()
    await judge.hears()
    await witness.picture("witness-reads")
    await judge.person("孙证").click()
    await judge.picture("witness-menu")
    await judge.page.get_by_role("dialog", name="操作").get_by_role("button", name="记明：已宣读保证书").click()
    await expect(judge.person("孙证")).to_contain_text("已宣读保证书")
    await expect(card).to_contain_text("请据实作证")
    await judge.picture("witness-heard")
    other = await is_confronted(world, judge, witness, await phone_of(world, chromium, second, "second"))
    assert [*judge.phone.faults, *witness.phone.faults, *other.phone.faults] == []


async def is_confronted(world: World, judge: CourtPhone, witness: CourtPhone, other: CourtPhone) -> CourtPhone:
    """I6, art. 74 of the provisions on evidence: nobody hears a witness before their turn, unless they are confronted
    (对质), which is asked for and stands in the record; afterwards they are outside again. ``other``'s phone."""
    await other.come(world.id)
    await other.hears_nothing()  # the first one is testifying
    await judge.about("吴证", "身份核对无误")
    await judge.about("吴证", "记明：依法无需签署保证书")
    await judge.about("吴证", "传唤到庭对质")
    question = judge.page.get_by_role("alertdialog")
    await expect(question).to_contain_text("证人孙证在庭，传唤后两人当面对质")
    await judge.picture("confront-asked")
    await question.get_by_role("button", name="确定").click()
    await expect(other.page.get_by_text("未轮到您发言，可举手申请")).to_be_visible()
    await judge.about("吴证", "请其发言")
    await judge.button("静音").click()  # so that what is heard is the other witness
    await expect(judge.page.get_by_text("已静音，点按打开")).to_be_visible()
    await other.hears()
    await witness.hears()
    await judge.picture("confronted")
    await owed(world.house, CALLED, ACTED)
    assert "审判员陈明传证人吴证到庭，与证人孙证对质" in [one.body["text"] for one in await world.lines(world.judge)]
    await judge.about("吴证", "请证人退庭")
    await expect(other.page.get_by_text("候审室")).to_be_visible()
    await other.hears_nothing()
    await witness.hears_nothing()
    return other


async def test_a_lawyer_calls_a_hearing_on_the_phone(house: House, chromium: Browser) -> None:
    """A4, I6: from the "+" menu's list of hearings to the notice that everybody gets."""
    world = await called(house)
    li = await phone_of(world, chromium, world.li, "li")
    await li.page.goto(f"/spaces/{world.case}/hearings")
    await expect(li.page.get_by_text("王晓诉赵敏借款合同纠纷")).to_be_visible()
    await li.page.get_by_role("link", name="安排庭审").click()
    await li.page.get_by_placeholder("例如：王晓诉赵敏借款合同纠纷").fill("王晓诉赵敏借款合同纠纷第二次开庭")
    judge = li.page.locator(".person", has_text="陈明").first
    await judge.get_by_role("combobox").select_option(label="主持人")
    wang = li.page.locator(".person", has_text="王晓")
    await wang.get_by_role("combobox").first.select_option(label="当事人")
    await wang.get_by_role("combobox").last.select_option(label="原告")
    await li.page.get_by_role("radio", name="非同步审理").check()
    await li.page.get_by_label("开庭期限（小时）").fill("0")
    await expect(li.button("安排并通知各方")).to_be_disabled()
    await li.page.get_by_label("开庭期限（小时）").fill("96")
    await expect(li.page.get_by_label("期限合计")).to_contain_text("开庭 4 天、法庭调查 3 天")
    await li.picture("schedule-turns")
    await li.page.get_by_role("radio", name="语音在线").check()
    await li.picture("schedule")
    await li.button("安排并通知各方").click()
    await li.page.wait_for_url("**/hearings/*")
    await expect(li.page.get_by_text("您安排了这场庭审，但不是参与人。")).to_be_visible()
    await li.button("改期").click()
    await li.page.get_by_label("理由").fill("证人当日不能到庭")
    await li.button("改期并通知各方").click()
    await expect(li.page.get_by_text("已改期，并通知各方")).to_be_visible()
    await li.picture("called")
    await li.button("取消庭审").click()
    await li.page.get_by_label("理由").fill("双方已经和解")
    await li.button("取消并通知各方").click()
    await expect(li.page.get_by_text("已取消，并通知各方")).to_be_visible()
    await expect(li.button("取消庭审")).to_be_hidden()
    assert li.phone.faults == []


async def test_a_hearing_goes_on_in_turns_on_phones(house: House, chromium: Browser, tmp_path: Path) -> None:
    """I6: asked for, agreed and granted; spoken, written and handed in turns; more time; and back into the room."""
    world = await called(house)
    judge = await phone_of(world, chromium, world.judge, "judge")
    li = await phone_of(world, chromium, world.li, "li")
    zhao = await phone_of(world, chromium, world.zhao, "zhao")
    for phone in (judge, li, zhao):
        await phone.page.goto(f"/hearings/{world.id}")
        await expect(phone.page.get_by_text("设备自测并进入")).to_be_visible()
    await li.button("不便同时在线？申请非同步审理").click()
    await li.page.get_by_role("alertdialog").get_by_role("textbox").fill("代理人在外地\n不便到庭")
    await li.button("确定").click()
    await zhao.page.get_by_label("非同步审理").get_by_role("button", name="同意", exact=True).click()
    await expect(zhao.page.get_by_text("理由：代理人在外地 不便到庭")).to_be_visible()
    await zhao.picture("consent")
    await zhao.button("同意").last.click()
    await judge.button("准许").click()
    await judge.button("准许").last.click()
    await expect(zhao.page.locator(".exchange__head")).to_contain_text("候审")

    for stage in ("开庭", "法庭调查"):
        await judge.button("主持庭审").click()
        await judge.page.get_by_role("dialog", name="主持庭审").get_by_role("button", name=stage, exact=True).click()
        await judge.button("确定").click()
        await expect(judge.page.get_by_role("dialog", name="主持庭审")).to_be_hidden()
    await speak(zhao, li)
    await hand_in(li, zhao, paper(tmp_path))
    await hand_in_a_photo(li, zhao, tmp_path)
    await ask_and_extend(judge, zhao)
    await pass_on(world, judge, li)
    await read_the_line(world, judge)

    await judge.page.get_by_role("dialog", name="主持庭审").get_by_role("button", name="转为在线庭审").click()
    await judge.page.get_by_label("理由").fill("双方要求当面质证")
    await judge.picture("go-live")
    await judge.button("转为在线并通知各方").click()
    await expect(zhao.page.get_by_text("设备自测并进入")).to_be_visible()
    assert [*judge.phone.faults, *li.phone.faults, *zhao.phone.faults] == []


async def speak(zhao: CourtPhone, li: CourtPhone) -> None:
    """A turn by voice is heard before it is sent, outlives the page, and waits for the network."""
    hearing = zhao.page.url
    await zhao.button("录音").click()
    await expect(zhao.page.get_by_role("timer")).to_contain_text(SPOKEN)
    await zhao.button("返回").click()  # with the microphone open: who leaves the page has finished
    await expect(zhao.page.get_by_role("heading", name="移动庭审")).to_be_visible()
    await zhao.page.goto(hearing)
    await zhao.button("删除录音").click()
    await zhao.button("录音").click()
    await expect(zhao.page.get_by_role("timer")).to_contain_text(SPOKEN)
    await zhao.picture("turn-recording")
    await zhao.button("说完了").click()
    await expect(zhao.page.locator(".attached .voice")).to_be_visible()
    await zhao.page.get_by_label("发言内容").fill("以录音为准")
    await zhao.page.reload()
    await expect(zhao.page.get_by_text("上次没有提交的内容还在，请核对后提交")).to_be_visible()
    await expect(zhao.page.get_by_label("发言内容")).to_have_value("以录音为准")
    await expect(zhao.page.locator(".attached .voice")).to_be_visible()
    await zhao.picture("turn-kept")
    await zhao.phone.context.set_offline(True)
    await zhao.button("提交").click()
    await zhao.page.get_by_role("alertdialog").get_by_role("button", name="提交").click()
    await expect(zhao.page.get_by_role("alert")).to_contain_text("内容已保留")
    await zhao.picture("turn-offline")
    await zhao.phone.context.set_offline(False)
    await zhao.button("提交").click()
    await zhao.page.get_by_role("alertdialog").get_by_role("button", name="提交").click()
    await expect(zhao.page.locator(".attached")).to_be_hidden()
    voice = li.page.locator(".turn", has_text="赵敏").locator(".voice")
    await voice.click()
    await expect(voice).to_have_class(re.compile("voice--on"))


async def hand_in(li: CourtPhone, zhao: CourtPhone, file: Path) -> None:
    await li.page.get_by_label("选择要提交的文件").set_input_files(file)
    await li.page.get_by_label("发言内容").fill("请求判令被告归还借款5万元，借条见附件。")
    await li.picture("turn-writing")
    await li.button("提交").click()
    await li.page.get_by_role("alertdialog").get_by_role("button", name="提交").click()
    turn = zhao.page.locator(".turn", has_text="请求判令被告归还借款5万元")
    await expect(turn).to_contain_text("李律师")
    await turn.get_by_role("button", name="借条.pdf").click()
    viewer = zhao.page.get_by_role("dialog", name="查看 借条.pdf")
    await expect(viewer.get_by_role("img", name="借条.pdf 第 1 页")).to_be_visible()
    await viewer.get_by_role("button", name="下一页").click()
    await expect(viewer.get_by_role("img", name="借条.pdf 第 2 页")).to_be_visible()
    await expect(viewer).to_contain_text("第 2 / 2 页")
    await zhao.picture("turn-pages")
    await viewer.get_by_role("button", name="关闭").click()


async def hand_in_a_photo(li: CourtPhone, zhao: CourtPhone, folder: Path) -> None:
    """What an iPhone writes (HEIC) is seen by everybody, in the page."""
    photo = folder / "收条.heic"
    photo.write_bytes(heic("turned"))
    await li.page.get_by_label("选择要提交的文件").set_input_files(photo)
    await li.button("提交").click()
    await li.page.get_by_role("alertdialog").get_by_role("button", name="提交").click()
    turn = zhao.page.locator(".turn").filter(has=zhao.page.get_by_role("button", name="打开 收条.heic"))
    await turn.get_by_role("button", name="打开 收条.heic").click()
    viewer = zhao.page.get_by_role("dialog", name="查看 收条.heic")
    await expect(viewer.get_by_role("img")).to_be_visible()
    width = await viewer.get_by_role("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert width > 0
    await zhao.picture("turn-photo")
    await viewer.get_by_role("button", name="关闭").click()


async def ask_and_extend(judge: CourtPhone, zhao: CourtPhone) -> None:
    await judge.button("主持庭审").click()
    await judge.picture("turns-bench")
    await judge.button("向一方发问").click()
    await judge.page.get_by_role("radio", name="被告 赵敏").check()
    await judge.page.get_by_label("问题").fill("借款是否已经归还？")
    await judge.picture("turns-ask")
    await judge.button("发问并通知").click()
    await zhao.button("答复").click()
    await zhao.page.get_by_label("发言内容").fill("已经归还2万元。")
    await judge.button("延长答复期限").click()
    await judge.page.get_by_label("理由").fill("对账需要时间")
    await judge.picture("turns-extend")
    await judge.button("延长并通知各方").click()
    await expect(judge.page.get_by_text("已延长，并通知各方")).to_be_visible()
    await zhao.button("提交").click()
    await zhao.page.get_by_role("alertdialog").get_by_role("button", name="提交").click()
    await expect(judge.page.locator(".turn", has_text="已经归还2万元。")).to_be_visible()
    await zhao.picture("turns")
    await no_barriers(zhao.page)


async def pass_on(world: World, judge: CourtPhone, li: CourtPhone) -> None:
    """Where the sides alternate, one leaves it to the next, and the presider passes over who keeps them waiting."""
    await move(world, HearingStage.DEBATE)
    turn = li.page.locator(".exchange__turn")
    await expect(turn).to_contain_text("轮到原告发言")
    await li.picture("turns-alternate")
    await turn.get_by_role("button", name="本轮不发言").click()
    await li.button("确定").click()
    await expect(turn).to_contain_text("轮到被告发言")
    await expect(turn.get_by_role("button")).to_be_hidden()
    await judge.page.locator(".exchange__turn").get_by_role("button", name="请下一方发言").click()
    await judge.button("确定").click()
    await expect(turn).to_contain_text("轮到原告发言")


async def read_the_line(world: World, judge: CourtPhone) -> None:
    """What was said on the private line before the page was opened, the older of it when asked for."""
    for number in range(52):
        await world.house.services.bench_lines.say(world.clerk.actor, world.id, f"{number}", f"第{number + 1}句")
    await judge.page.reload()
    await judge.button("主持庭审").click()
    await judge.button("合议私线").click()
    lines = judge.page.get_by_label("私线记录")
    await expect(lines).to_contain_text("第52句")
    await expect(lines.get_by_text("第1句", exact=True)).to_be_hidden()
    await judge.button("查看更早的内容").click()
    await expect(lines.get_by_text("第1句", exact=True)).to_be_visible()
    await judge.picture("line")
    await judge.button("关闭").click()
