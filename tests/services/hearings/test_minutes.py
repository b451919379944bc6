"""The minutes of a hearing against a real database: written, read, corrected, fixed, signed; attackers first (I6)."""

import asyncio
import hashlib
import io

import orjson
import pytest
from pydantic import ValidationError
from pypdf import PdfReader

from schemas.api.minutes import EntryBody, EntryView, HeadChange, MinutesMove, ObjectionAnswer
from schemas.hearing_enums import ActKind, HearingKind, HearingStage
from schemas.minutes_enums import MinutesAct, MinutesState, ObjectionState, SigningState, VersionCause
from server.wiring import House
from services.errors import Problem
from services.files.second_copies import KEEP_TWICE
from services.hearings.minutes.entries import MOST_VERSIONS
from services.hearings.passes import Invitations
from services.ids import new_id
from tests.house import client, lawyer
from tests.services.hearings.hearing_world import World, body, called, owed, refusal
from tests.services.hearings.minutes_world import Scribe, fixed, heard, signed, sitting

PLEA = "请求判令被告归还借款五万元。"


async def notices(scribe: Scribe) -> list[str]:
    """The codes of the system's lines in the hearing's space about the minutes, in order."""
    codes = [one.body["code"] for one in await scribe.world.lines(scribe.world.wang)]
    return [code for code in codes if code.startswith("minutes.")]


# --- writing


async def test_the_journal_drafts_and_the_clerk_amends(house: House) -> None:
    """What happens in the hearing writes its own lines, in order, once, although every effect ran twice."""
    scribe = await sitting(house)
    world = scribe.world
    await scribe.write(PLEA, world.wang)
    await scribe.effects()
    lines = (await scribe.seen(world.clerk)).entries
    assert [one.text for one in lines][-3:] == [
        lines[-3].text,
        "审判员陈明宣布：法庭调查。",
        PLEA,
    ]
    assert lines[-3].text.startswith("宣布法庭纪律")
    assert [one.stage for one in lines[-3:]] == ["opening", "investigation", "investigation"]
    assert (lines[-1].speaker, lines[-1].segment, lines[-1].recording_file_id) == ("原告王晓", 1, None)
    assert lines[-1].offset_ms is not None
    assert 0 <= lines[-1].offset_ms < 600_000
    amended = await scribe.change(lines[-3], text="书记员宣布法庭纪律。")
    assert [(one.cause, one.by) for one in amended.versions] == [
        (VersionCause.WRITTEN, None),
        (VersionCause.EDITED, world.clerk.id),
    ]
    await scribe.effects()
    assert len((await scribe.seen(world.clerk)).entries) == len(lines)


async def test_writing_again_adds_nothing_and_nothing_is_lost(house: House) -> None:
    scribe = await sitting(house)
    world = scribe.world
    first = await scribe.write(PLEA, world.wang, client_id="one")
    again = await scribe.write(PLEA, world.wang, client_id="one")
    assert again == first
    assert await refusal(scribe.write("别的话", world.wang, client_id="one")) == "minutes.id_reused"
    assert await refusal(scribe.write(PLEA, world.zhao, client_id="one")) == "minutes.id_reused"
    before = (await scribe.seen(world.clerk)).version
    await asyncio.gather(*(scribe.write(f"第 {number} 句", world.zhao) for number in range(8)))
    seen = await scribe.seen(world.clerk)
    assert seen.version == before + 8
    assert {one.text for one in seen.entries if one.speaker_id == world.zhao.id} == {f"第 {n} 句" for n in range(8)}
    between = await scribe.write("插入的话", world.wang, after=first.id)
    ids = [one.id for one in (await scribe.seen(world.clerk)).entries]
    assert ids.index(between.id) == ids.index(first.id) + 1
    assert await refusal(scribe.write("无处可插", world.wang, after=new_id())) == "minutes.no_entry"
    assert await refusal(scribe.write("谁说的", await client(house))) == "hearing.no_participant"


async def test_two_editors_do_not_overwrite_each_other(house: House) -> None:
    scribe = await sitting(house)
    entry = await scribe.write(PLEA, scribe.world.wang)
    changes = [scribe.change(entry, text=f"改成 {number}") for number in range(4)]
    outcomes = await asyncio.gather(*changes, return_exceptions=True)
    codes = [one.code for one in outcomes if isinstance(one, Problem)]
    assert codes == ["request.changed_meanwhile"] * 3
    (seen,) = [one for one in (await scribe.seen(scribe.world.clerk)).entries if one.id == entry.id]
    assert [one.text for one in seen.versions] == [PLEA, seen.text]
    other = await scribe.change(seen, speaker_id=scribe.world.zhao.id)
    assert (other.speaker, other.versions[1].speaker_id) == ("被告赵敏", scribe.world.wang.id)
    nothing = await scribe.change(other, text=other.text)
    assert nothing.revision == other.revision
    assert await refusal(scribe.change(other, speaker_id=new_id())) == "hearing.no_participant"
    line = await scribe.write("合议庭评议。")
    assert await refusal(scribe.change(line, speaker_id=scribe.world.wang.id)) == "minutes.no_speech"
    for number in range(MOST_VERSIONS - 1):
        line = await scribe.change(line, text=f"第 {number} 次修改")
    assert await refusal(scribe.change(line, text="又改")) == "minutes.full"


async def test_what_is_struck_is_kept_but_is_no_part(house: House) -> None:
    scribe = await sitting(house)
    world = scribe.world
    entry = await scribe.write("写错了的一句", world.wang)
    struck = await scribe.change(entry, struck=True)
    assert (struck.struck, struck.text) == (True, "写错了的一句")
    assert entry.id in {one.id for one in (await scribe.seen(world.judge)).entries}
    assert entry.id not in {one.id for one in (await scribe.seen(world.wang)).entries}
    back = await scribe.change(struck, struck=False)
    assert entry.id in {one.id for one in (await scribe.seen(world.zhao)).entries}
    await scribe.change(back, struck=True)
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.DEBATE)
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.FINAL)
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.CLOSED)
    await scribe.move(MinutesState.READING)
    await scribe.move(MinutesState.FINAL)
    assert "写错了的一句" not in (await scribe.service.reading.text(world.wang.actor, scribe.id)).decode()


async def test_who_presides_keeps_them_where_there_is_no_clerk(house: House) -> None:
    world = await called(house)
    people = [{"user_id": world.judge.id, "role": "presider"}, {"user_id": world.wang.id, "role": "party"}]
    view = await house.services.hearings.schedule(
        world.li.actor, world.case, body(house, people, kind=HearingKind.MEDIATION)
    )
    alone = Scribe(World(**{**vars(world), "id": view.id, "space": view.space_id}))
    seen = await alone.seen(world.judge)
    assert (seen.title, seen.entries, MinutesAct.WRITE in seen.may) == ("调解笔录", [], True)
    await alone.write("调解员告知双方权利。", by=world.judge)
    assert await refusal(alone.write("我来写", by=world.wang)) == "hearing.not_allowed"
    scribe = await sitting(house)
    assert await refusal(scribe.write("代书记员写", by=scribe.world.judge)) == "hearing.not_allowed"
    head = HeadChange(tribunal="北京市朝阳区人民法院", case_number="（2026）京0105民初1号", cause="民间借贷纠纷")
    headed = await scribe.service.entries.head(scribe.world.clerk.actor, scribe.id, head)
    assert (headed.head.case_number, headed.head.place) == ("（2026）京0105民初1号", "线上（移动庭审）")
    assert (headed.head.tribunal, headed.head.ended_at) == ("北京市朝阳区人民法院", None)
    assert await refusal(scribe.service.entries.head(scribe.world.wang.actor, scribe.id, head)) == "hearing.not_allowed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "speech"},
        {"kind": "procedure", "speaker_id": "a" * 24},
        {"kind": "suggested", "speaker_id": "a" * 24},
        {"text": ""},
        {"text": "a\x00b"},
        {"text": "长" * 2001},
        {"ago_ms": -1},
        {"client_id": "有 空格"},
    ],
)
def test_what_is_no_line_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EntryBody.model_validate({"client_id": "1", "kind": "procedure", "text": "好", **wrong})
    with pytest.raises(ValidationError):
        ObjectionAnswer(correct=False)


async def test_nothing_that_is_said_lies_open_in_the_database(house: House) -> None:
    scribe = await heard(house)
    await scribe.move(MinutesState.READING)
    entry = (await scribe.seen(scribe.world.wang)).entries[-2]
    await scribe.object(scribe.world.wang, entry, "密语：应为六万元")
    await scribe.answer(await _entry(scribe, entry.id), correct=False, reason="密语：与录音不符")
    await scribe.move(MinutesState.FINAL)
    await scribe.refuse(scribe.world.wang, "密语：不同意")
    for name in ("minutes", "minutes_entries", "minutes_texts", "outbox", "audit"):
        stored = str(await house.database.raw[name].find({}).to_list())
        for words in ("密语", PLEA, "钱已经还清了"):
            assert words not in stored, name
            assert str(words.encode())[2:-1] not in stored, name


async def _entry(scribe: Scribe, entry_id: str) -> EntryView:
    return next(one for one in (await scribe.seen(scribe.world.judge)).entries if one.id == entry_id)


# --- who sees them


async def test_who_sees_what(house: House) -> None:
    """A witness sees nothing before everybody reads, and then their own words only; observers see nothing."""
    scribe = await heard(house)
    world = scribe.world
    stranger, other = await client(house), await lawyer(house)
    for outsider in (stranger, other):
        assert await refusal(scribe.seen(outsider)) == "hearing.not_found"
    assert await refusal(scribe.seen(world.witness)) == "hearing.not_allowed"
    assert PLEA in [one.text for one in (await scribe.seen(world.zhao)).entries]
    await scribe.move(MinutesState.READING)
    own = await scribe.seen(world.witness)
    assert [one.text for one in own.entries] == ["我看见王晓把钱交给赵敏。"]
    plea = next(one for one in (await scribe.seen(world.wang)).entries if one.text == PLEA)
    assert await refusal(scribe.object(world.witness, plea, "不是这样")) == "minutes.no_entry"
    assert (await scribe.object(world.witness, own.entries[0], "我看见王晓把现金交给赵敏。")).objections
    await scribe.answer((await scribe.seen(world.witness)).entries[0], correct=True)
    final = await scribe.move(MinutesState.FINAL)
    mine = await scribe.seen(world.witness)
    assert ([one.user_id for one in mine.signers], mine.paper) == ([world.witness.id], None)
    assert mine.sha256 not in (None, final.sha256)
    text = await scribe.service.reading.text(world.witness.actor, scribe.id)
    assert hashlib.sha256(text).hexdigest() == mine.sha256
    assert PLEA not in text.decode()


async def test_observers_and_who_called_it_see_nothing(house: House) -> None:
    world = await called(house, public=True)
    scribe = Scribe(world)
    guest = await client(house, "旁听者")
    link = (await world.seen(world.clerk)).link or ""
    await house.services.hearings.observe(guest.actor, world.id, link.partition("invitation=")[2])
    assert await refusal(scribe.seen(guest)) == "hearing.not_allowed"
    people = [{"user_id": world.judge.id, "role": "presider"}, {"user_id": world.wang.id, "role": "party"}]
    view = await house.services.hearings.schedule(world.li.actor, world.case, body(house, people))
    assert await refusal(house.services.minutes.reading.view(world.li.actor, view.id)) == "hearing.not_allowed"
    assert await refusal(house.services.minutes.reading.view(world.judge.actor, new_id())) == "hearing.not_found"
    assert Invitations({"k": b"x" * 32}).issue(world.id) != link


# --- reading and correcting


async def test_reading_begins_in_a_recess_and_ends_when_the_court_sits_again(house: House) -> None:
    scribe = await sitting(house)
    world = scribe.world
    await scribe.write(PLEA, world.wang)
    assert await refusal(scribe.move(MinutesState.READING)) == "minutes.court_sits"
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.RECESS)
    assert await refusal(scribe.move(MinutesState.READING, world.wang)) == "hearing.not_allowed"
    old = MinutesMove(to=MinutesState.READING, version=0)
    assert await refusal(scribe.service.reading.move(world.judge.actor, scribe.id, old)) == "request.changed_meanwhile"
    reading = await scribe.move(MinutesState.READING)
    assert reading.state is MinutesState.READING
    assert await refusal(scribe.write("再写一句", world.wang)) == "minutes.wrong_state"
    assert await refusal(scribe.move(MinutesState.FINAL)) == "minutes.not_closed"
    await world.act(world.judge, ActKind.STAGE, stage=HearingStage.INVESTIGATION)
    await scribe.effects()
    assert (await scribe.seen(world.judge)).state is MinutesState.DRAFT
    await scribe.write("复庭后的话", world.zhao)


async def test_a_request_is_granted_or_noted_and_both_texts_stay(house: House) -> None:
    """民事诉讼法第一百五十条: a request for correction that is not granted is noted in the minutes."""
    scribe = await heard(house)
    world = scribe.world
    await scribe.move(MinutesState.READING)
    plea, denial = [one for one in (await scribe.seen(world.wang)).entries if one.speaker_id and one.stage][:2]
    asked = await scribe.object(world.wang, plea, "请求判令被告归还借款六万元。", "once")
    again = await scribe.object(world.wang, plea, "请求判令被告归还借款六万元。", "once")
    assert again.objections == asked.objections
    assert await refusal(scribe.object(world.wang, plea, "七万元", "once")) == "minutes.id_reused"
    assert await refusal(scribe.answer(asked, world.wang, correct=True)) == "hearing.not_allowed"
    assert await refusal(scribe.move(MinutesState.FINAL)) == "minutes.objections_open"
    corrected = await scribe.answer(asked, correct=True)
    assert (corrected.text, corrected.versions[0].text) == ("请求判令被告归还借款六万元。", PLEA)
    assert corrected.versions[-1].cause is VersionCause.CORRECTED
    assert await refusal(scribe.answer(corrected, correct=True)) == "minutes.answered"
    refused = await scribe.answer(
        await scribe.object(world.zhao, denial, "还了一半"), correct=False, reason="与录音不符"
    )
    assert (refused.text, refused.objections[0].state) == ("钱已经还清了。", ObjectionState.REFUSED)
    final = await scribe.move(MinutesState.FINAL)
    text = orjson.loads(await scribe.service.reading.text(world.li.actor, scribe.id))
    kept = [one for entry in text["entries"] for one in entry["objections"]]
    assert [(one["by"], one["corrected"], one["before"], one["reason"]) for one in kept] == [
        ("原告王晓", True, PLEA, None),
        ("被告赵敏", False, None, "与录音不符"),
    ]
    assert (final.edition, final.sha256) == (1, (await scribe.seen(world.zhao)).sha256)
    await scribe.effects()
    assert await notices(scribe) == [
        "minutes.sent",
        "minutes.objected",
        "minutes.answered",
        "minutes.objected",
        "minutes.answered",
        "minutes.finished",
    ]
    told = await house.database.notices.find({"user_id": world.zhao.id, "kind": {"$regex": "^minutes"}}).to_list()
    assert [one["kind"] for one in told] == ["minutes_reading", "minutes_signing"]


# --- the fixed text


async def test_nobody_changes_a_fixed_text(house: House) -> None:
    scribe = await fixed(house)
    world = scribe.world
    before = await scribe.service.reading.text(world.judge.actor, scribe.id)
    entry = (await scribe.seen(world.clerk)).entries[-2]
    for person in (world.clerk, world.judge, world.wang, world.witness):
        usual = ("minutes.wrong_state", "hearing.not_allowed")
        assert await refusal(scribe.write("加一句", world.wang, by=person)) in usual
        assert await refusal(scribe.change(entry, by=person, text="改一句")) in usual
        assert await refusal(scribe.change(entry, by=person, struck=True)) in usual
        assert await refusal(scribe.object(person, entry, "改一句")) in usual
        head = HeadChange(cause="别的案由")
        assert await refusal(scribe.service.entries.head(person.actor, scribe.id, head)) in usual
    await scribe.effects()
    assert await scribe.service.reading.text(world.judge.actor, scribe.id) == before
    assert (await scribe.seen(world.judge)).sha256 == hashlib.sha256(before).hexdigest()


async def test_a_signature_stands_for_the_text_that_was_read(house: House) -> None:
    scribe = await fixed(house)
    world = scribe.world
    seen = await scribe.seen(world.wang)
    assert seen.sha256 is not None
    own = (await scribe.seen(world.witness)).sha256
    assert await refusal(scribe.sign(world.wang, "0" * 64)) == "minutes.text_changed"
    assert await refusal(scribe.sign(world.wang, own)) == "minutes.text_changed"
    assert await refusal(scribe.sign(world.witness, seen.sha256)) == "minutes.text_changed"
    assert await refusal(scribe.sign(world.wang, png="aGVsbG8gd29ybGQ=")) == "minutes.signature_invalid"
    assert await refusal(scribe.sign(world.clerk)) == "minutes.signatures_open"
    assert await refusal(scribe.sign(world.judge)) == "minutes.signatures_open"
    assert MinutesAct.SIGN not in (await scribe.seen(world.judge)).may
    files = await house.database.files.count_documents({"space_id": world.space})
    outcomes = await asyncio.gather(*(scribe.sign(world.wang) for _ in range(3)), return_exceptions=True)
    assert sorted(one.code for one in outcomes if isinstance(one, Problem)) == ["minutes.signed_already"] * 2
    assert await house.database.files.count_documents({"space_id": world.space}) == files + 1
    mine = next(one for one in (await scribe.seen(world.zhao)).signers if one.user_id == world.wang.id)
    assert (mine.state, mine.sha256) == (SigningState.SIGNED, seen.sha256)
    assert MinutesAct.SIGN not in (await scribe.seen(world.wang)).may


async def test_taking_a_text_back_voids_its_signatures_for_all_to_see(house: House) -> None:
    scribe = await fixed(house)
    world = scribe.world
    first = await scribe.sign(world.wang)
    assert await refusal(scribe.move(MinutesState.DRAFT)) == "minutes.reason_missing"
    for person in (world.clerk, world.wang):
        assert await refusal(scribe.move(MinutesState.DRAFT, person, "写漏了")) == "hearing.not_allowed"
    await scribe.move(MinutesState.DRAFT, reason="遗漏了被告的陈述")
    await scribe.write("利息也已经付清。", world.zhao)
    await scribe.move(MinutesState.READING)
    second = await scribe.move(MinutesState.FINAL)
    assert (second.edition, len(second.voided)) == (2, 1)
    (void,) = second.voided
    assert (void.sha256, void.reason, void.voided_by) == (first.sha256, "遗漏了被告的陈述", world.judge.id)
    assert [one.user_id for one in void.signers] == [world.wang.id]
    assert all(one.state is SigningState.OPEN for one in second.signers)
    assert await refusal(scribe.sign(world.wang, first.sha256)) == "minutes.text_changed"
    await scribe.sign(world.wang)
    texts = await house.database.minutes_texts.count_documents({"hearing_id": scribe.id})
    assert texts == 2, "what was signed first can still be shown"
    await scribe.effects()
    assert (await notices(scribe))[-6:] == [
        "minutes.finished",
        "minutes.signed",
        "minutes.reopened",
        "minutes.sent",
        "minutes.finished",
        "minutes.signed",
    ]


async def test_who_refuses_is_noted_and_may_still_sign(house: House) -> None:
    """民事诉讼法第一百五十条: a refusal to sign is noted."""
    scribe = await fixed(house)
    world = scribe.world
    await scribe.refuse(world.zhao, "笔录与事实不符")
    assert await refusal(scribe.refuse(world.wang, "替他拒绝", world.zhao)) == "hearing.not_allowed"
    assert await refusal(scribe.refuse(world.clerk, "记明", world.judge)) == "hearing.not_allowed"
    assert await refusal(scribe.refuse(world.clerk, "记明", await client(house))) == "hearing.no_participant"
    query, gone = {"_id": scribe.id, "seats.user_id": world.li.id}, {"$set": {"seats.$.absence": "no_show"}}
    await house.database.hearings.update_one(query, gone)
    assert await refusal(scribe.sign(world.li)) == "minutes.nothing_to_sign", "who was not there owes nothing"
    await scribe.sign(world.zhao)
    assert await refusal(scribe.refuse(world.zhao, "反悔")) == "minutes.signed_already"
    await scribe.sign(world.wang)
    await scribe.refuse(world.clerk, "逾期未签", world.witness)
    await scribe.sign(world.clerk)
    done = await scribe.sign(world.judge)
    assert done.state is MinutesState.DONE
    noted = next(one for one in done.signers if one.user_id == world.witness.id)
    assert (noted.state, noted.reason, noted.noted_by) == (SigningState.REFUSED, "逾期未签", world.clerk.id)
    await scribe.effects()
    lines = await notices(scribe)
    assert [lines.count(f"minutes.{one}") for one in ("refused", "signed", "done")] == [2, 4, 1]
    printed = await _paper(scribe)
    assert "经记明，拒绝签名，理由：逾期未签" in printed
    assert "未到庭" in printed


async def _paper(scribe: Scribe) -> str:
    """The words on the paper, without the breaks of its lines."""
    paper = (await scribe.seen(scribe.world.judge)).paper
    assert paper is not None
    content = await scribe.world.house.courts.minutes.files.read(paper.file_id)
    assert hashlib.sha256(content).hexdigest() == paper.sha256
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


async def test_the_paper_says_what_was_signed_and_stands_in_the_space(house: House) -> None:
    """I6, A3: the sealed paper is a file of the hearing's space, its hash in the record, the card says done."""
    scribe = await signed(house)
    world = scribe.world
    await scribe.effects()
    seen = await scribe.seen(world.wang)
    assert (seen.state, seen.may) == (MinutesState.DONE, [MinutesAct.READ])
    assert seen.paper is not None
    printed = await _paper(scribe)
    for words in (
        "北京市朝阳区人民法院庭审笔录",
        "王晓诉赵敏借款合同纠纷",
        "原告王晓：" + PLEA,
        "被告赵敏：钱已经还清了。",
        "仅就本人陈述",
        "证人孙证签署保证书：“我作为本案证人",
        "证人孙证（保证书签名）：",
    ):
        assert words in printed
    assert (seen.sha256 or "") in printed
    assert (await house.services.files.get(world.zhao.actor, seen.paper.file_id)).content_type == "application/pdf"
    assert await refusal(house.services.files.get(world.witness.actor, seen.paper.file_id)) == "file.not_found"
    lines = await notices(scribe)
    assert lines == ["minutes.sent", "minutes.finished", *["minutes.signed"] * 6, "minutes.done"]
    entries = await world.entries(world.wang)
    (card,) = [one for one in entries if one.type == "card" and one.body["kind"] == "minutes"]
    assert card.body["ref"] == {"hearing_id": scribe.id}
    states = [one.body["state"] for one in entries if one.type == "card_update" and one.body["seq"] == card.seq]
    assert states[-2:] == ["final", "done"]
    assert (await world.card(world.wang, world.case))[-1] == ("closed", "庭审笔录已签署完毕")
    for act in (
        scribe.sign(world.wang),
        scribe.refuse(world.wang, "晚了"),
        scribe.move(MinutesState.DRAFT, reason="晚了"),
    ):
        assert await refusal(act) == "minutes.wrong_state"


async def test_signatures_and_the_paper_are_kept_twice(house: House) -> None:
    """H5: as recordings are. Neither a drawn signature nor the sealed paper could be made once more."""
    scribe = await signed(house)
    await scribe.effects()
    await owed(house, KEEP_TWICE)
    files = await house.database.files.find({"space_id": scribe.world.space}).to_list()
    assert sorted(one["content_type"] for one in files) == ["application/pdf", *["image/png"] * 7], (
        "six signatures, one undertaking"
    )
    assert all(one["copies"]["original"]["twice"] for one in files)
