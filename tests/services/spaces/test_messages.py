"""Messages and sync (A2, A5, A6) through the services, on real parts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import orjson
import pytest

from schemas.api.messages import MessageListQuery, MessageSendBody, SyncBody
from schemas.enums import MessageType, Role
from server.wiring import House
from services.errors import Problem
from services.ids import new_id
from services.record import Draft
from services.record.heads import statement
from services.spaces.spaces import NewMember
from tests.house import Person, client, lawyer, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.services.identity_world import HeldClock


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


def message(kind: str, body: dict[str, object], **more: object) -> MessageSendBody:
    return MessageSendBody.model_validate({"client_msg_id": new_id(), "type": kind, "body": body, **more})


async def refusal(work: object) -> Problem:
    with pytest.raises(Problem) as refused:
        await work  # type: ignore[misc]
    return refused.value


async def test_both_sides_read_the_same_record(house: House) -> None:
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    for n in range(5):
        await say(house, (wang, li)[n % 2], space_id, f"第{n}句")
    pages = [await house.services.messages.page(p.actor, space_id, MessageListQuery(limit=200)) for p in (wang, li)]
    assert pages[0] == pages[1]
    assert [m.seq for m in pages[0].items] == [1, 2, 3, 4, 5]
    assert pages[0].items[1].sender.display_name == "李律师"
    assert [m.prev_hash for m in pages[0].items[1:]] == [m.hash for m in pages[0].items[:-1]]


async def test_pages_go_both_ways_and_say_whether_there_is_more(house: House) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    for n in range(7):
        await say(house, wang, space_id, str(n))

    async def seqs(**query: int) -> tuple[list[int], bool]:
        page = await house.services.messages.page(wang.actor, space_id, MessageListQuery(**query))
        return [m.seq for m in page.items], page.has_more

    assert await seqs(limit=3) == ([5, 6, 7], True)
    assert await seqs(after_seq=0, limit=3) == ([1, 2, 3], True)
    assert await seqs(after_seq=4, limit=3) == ([5, 6, 7], False)
    assert await seqs(after_seq=7) == ([], False)
    assert await seqs(before_seq=4, limit=2) == ([2, 3], True)
    assert await seqs(before_seq=3, limit=2) == ([1, 2], False)
    both = MessageListQuery(after_seq=1, before_seq=3)
    assert (await refusal(house.services.messages.page(wang.actor, space_id, both))).code == "request.invalid"


async def test_a_stranger_is_told_that_there_is_no_such_space(house: House) -> None:
    """A1: not "forbidden", which would say that it exists."""
    wang, stranger = await client(house), await client(house)
    space_id = await space_of(house, wang)
    assert (await refusal(say(house, stranger, space_id, "?"))).code == "space.not_found"
    assert (await refusal(say(house, wang, new_id(), "?"))).code == "space.not_found"
    page = house.services.messages.page(stranger.actor, space_id, MessageListQuery())
    assert (await refusal(page)).code == "space.not_found"
    assert (await refusal(house.services.messages.read(stranger.actor, space_id, 1))).code == "space.not_found"
    assert (await refusal(house.services.messages.recall(stranger.actor, space_id, 1))).code == "space.not_found"
    synced = await house.services.sync.sync(stranger.actor, SyncBody(spaces={space_id: 0}))
    assert (synced.spaces, synced.gone) == ({}, [space_id])


async def test_a_removed_member_reads_no_more(house: House) -> None:
    """A1."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    await say(house, li, space_id, "在")
    await house.services.spaces.remove_members(None, space_id, [li.id])
    assert (await refusal(say(house, li, space_id, "还在"))).code == "space.not_found"
    view = await house.services.space_views.get(wang.actor, space_id)
    assert {m.user_id: m.left for m in view.members} == {wang.id: False, li.id: True}
    page = await house.services.messages.page(wang.actor, space_id, MessageListQuery())
    assert page.items[0].sender.display_name == "李律师"  # what they said stays theirs


async def test_who_joins_later_sees_what_the_one_who_added_them_chose(house: House) -> None:
    """Ruling on visibility: everything from first_seq on, in pages, sync and unread alike."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang)
    for n in range(4):
        await say(house, wang, space_id, str(n))
    await house.services.spaces.add_members(None, space_id, [NewMember(li.id, Role.LAWYER, "李律师", first_seq=3)])
    page = await house.services.messages.page(li.actor, space_id, MessageListQuery(after_seq=0))
    assert [m.seq for m in page.items] == [3, 4]
    synced = (await house.services.sync.sync(li.actor, SyncBody(spaces={space_id: 0}))).spaces[space_id]
    assert ([m.seq for m in synced.messages], synced.unread) == ([3, 4], 2)
    hidden = message("text", {"text": "引用"}, reply_to={"seq": 1})
    assert (await refusal(house.services.messages.send(li.actor, space_id, hidden))).code == "message.invalid"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text", {}),
        ("text", {"text": ""}),
        ("text", {"text": " \n "}),
        ("text", {"text": "长" * 5001}),
        ("text", {"text": "x", "html": "<b>"}),
        ("text", {"text": 5}),
        ("location", {"latitude": 91, "longitude": 0}),
        ("location", {"latitude": float("nan"), "longitude": 0}),
        ("image", {"file_id": "x"}),
        ("voice", {"file_id": "a" * 24}),
        ("contact", {"user_id": "a" * 24}),
    ],
)
async def test_a_faulty_body_is_refused_with_the_field_named(house: House, kind: str, body: dict[str, object]) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    problem = await refusal(house.services.messages.send(wang.actor, space_id, message(kind, body)))
    assert problem.code == "message.invalid"
    assert problem.errors[0]["field"].startswith("body")
    assert await house.database.entries.count_documents({"_id.space": space_id}) == 0


@pytest.mark.parametrize("kind", ["card", "notice", "recall", "card_update"])
async def test_nobody_can_forge_what_only_the_system_says(house: House, kind: str) -> None:
    """Ruling 14."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    sent = house.services.messages.send(wang.actor, space_id, message(kind, {"text": "已支付"}))
    assert (await refusal(sent)).code == "message.type_forbidden"


async def test_text_is_kept_to_the_letter(house: House) -> None:
    """It is evidence: no trimming, no normalising."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    text = "  第一行\n\u0000\t㈠ e\u0301 👨‍👩‍👧  "
    sent = await say(house, wang, space_id, text)
    page = await house.services.messages.page(wang.actor, space_id, MessageListQuery())
    assert sent.body["text"] == page.items[0].body["text"] == text


async def test_a_recall_hides_the_body_and_keeps_the_record(house: House) -> None:
    """A2: recall within a window; the entry stays in the chain, its body leaves every view, and so does the salt."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    sent = await say(house, wang, space_id, "说错了")
    recall = (await house.services.messages.recall(wang.actor, space_id, sent.seq)).view()
    again = (await house.services.messages.recall(wang.actor, space_id, sent.seq)).view()
    assert (recall.type, recall.seq, recall.body, again.seq) == (MessageType.RECALL, 2, {"seq": 1}, 2)
    shown = (await house.services.messages.page(li.actor, space_id, MessageListQuery())).items[0]
    assert (shown.recalled, shown.body, shown.salt, shown.hash) == (True, {}, None, sent.hash)
    listing = await house.services.space_views.listing(li.actor)
    assert "说错了" not in listing.model_dump_json()
    stored = await house.database.entries.find_one({"_id": {"space": space_id, "seq": 1}})
    assert stored is not None
    assert (await house.core.recorder.open(stored))[0] == {"text": "说错了"}


async def test_recall_has_its_limits(make_settings: SettingsMaker) -> None:
    clock = HeldClock()
    async with open_house(make_settings(recall_minutes=2), clock) as house:
        wang, li = await client(house), await lawyer(house)
        space_id = await space_of(house, wang, li)
        sent = await say(house, wang, space_id, "一")
        recall = house.services.messages.recall
        assert (await refusal(recall(li.actor, space_id, sent.seq))).code == "auth.forbidden"
        assert (await refusal(recall(wang.actor, space_id, 99))).code == "message.not_found"
        clock.forward(timedelta(minutes=2, seconds=1).total_seconds())
        assert (await refusal(recall(wang.actor, space_id, sent.seq))).code == "message.too_late"


async def test_unread_is_what_others_said_after_what_was_read(house: House) -> None:
    """A5: derived, never counted up; own messages, notices, recalls and card updates do not count."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)

    async def unread(person: Person) -> int:
        return (await house.services.space_views.get(person.actor, space_id)).unread

    await house.core.cards.show(space_id, new_id(), "payment", "已支付", "paid", {})
    await say(house, wang, space_id, "在吗")
    answer = await say(house, li, space_id, "在")
    await house.core.cards.notice(space_id, new_id(), "joined", "李律师加入")
    withdrawn = await say(house, li, space_id, "错字")
    await house.services.messages.recall(li.actor, space_id, withdrawn.seq)
    assert (await unread(wang), await unread(li)) == (3, 2)
    await house.services.messages.read(wang.actor, space_id, answer.seq)
    assert await unread(wang) == 1
    await house.services.messages.read(wang.actor, space_id, 1)  # never back
    assert await unread(wang) == 1
    ahead = await house.services.messages.read(wang.actor, space_id, 10_000)  # never ahead of the record
    assert ahead.seq == 6
    await say(house, li, space_id, "新消息")
    assert await unread(wang) == 1


async def test_a_card_shows_its_latest_state_and_keeps_its_first(house: House) -> None:
    """A3: a change is an entry of its own."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    event = new_id()
    card = await house.core.cards.show(space_id, event, "payment", "请支付", "asked", {"order_id": "x"}, amount_fen=100)
    await house.core.cards.update(space_id, new_id(), event, "paid", text="已到账")
    same = await house.core.cards.show(space_id, event, "payment", "请支付", "asked", {"order_id": "x"}, amount_fen=100)
    assert same["_id"] == card["_id"]
    items = (await house.services.messages.page(wang.actor, space_id, MessageListQuery())).items
    assert (items[0].body["state"], items[0].body["text"], items[1].type) == ("paid", "已到账", "card_update")
    assert items[0].sender.model_dump() == {"user_id": None, "role": "system", "display_name": "系统"}


async def test_mentions_quotes_and_contacts_name_only_what_is_there(house: House) -> None:
    wang, li, outsider = await client(house), await lawyer(house), await client(house)
    space_id = await space_of(house, wang, li)
    send = house.services.messages.send
    first = await say(house, li, space_id, "一")
    told = (
        await send(
            wang.actor, space_id, message("text", {"text": "@李律师"}, mentions=[li.id], reply_to={"seq": first.seq})
        )
    ).view()
    assert (told.mentions, told.reply_to and told.reply_to.seq) == ([li.id], first.seq)
    for faulty in (
        message("text", {"text": "x"}, mentions=[outsider.id]),
        message("text", {"text": "x"}, reply_to={"seq": 99}),
        message("contact", {"user_id": outsider.id}),
    ):
        assert (await refusal(send(wang.actor, space_id, faulty))).code == "message.invalid"
    card = (await send(wang.actor, space_id, message("contact", {"user_id": li.id, "display_name": "冒名"}))).view()
    assert card.body["display_name"] == "李律师"


async def test_a_closed_space_can_be_read_and_not_written(house: House) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "一")
    await house.database.spaces.update_one({"_id": space_id}, {"$set": {"closed_at": house.core.clock()}})
    house.services.spaces.forget(space_id)
    assert (await refusal(say(house, wang, space_id, "二"))).code == "space.closed"
    assert len((await house.services.messages.page(wang.actor, space_id, MessageListQuery())).items) == 1


async def test_sync_catches_up_in_steps_and_signs_the_head(house: House) -> None:
    """A5, A6: one trip for all spaces; a signed head is a receipt."""
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    wang, li = await client(house), await lawyer(house)
    first, second = await space_of(house, wang, li), await space_of(house, wang)
    await asyncio.gather(*(say(house, li, first, str(n)) for n in range(5)))
    await say(house, wang, second, "x")
    seen = 0
    collected: list[int] = []
    while True:
        synced = await house.services.sync.sync(wang.actor, SyncBody(spaces={first: seen, second: 0}, limit=2))
        part = synced.spaces[first]
        collected += [m.seq for m in part.messages]
        seen = collected[-1]
        if not part.has_more:
            break
    assert collected == [1, 2, 3, 4, 5]
    assert (part.last_seq, part.unread, len(synced.spaces[second].messages)) == (5, 5, 1)
    key = load_pem_public_key(house.services.sync.record_key().public_key.encode())
    key.verify(bytes.fromhex(part.head.signature), statement(first, part.head.seq, part.head.hash))  # type: ignore[union-attr,call-arg]
    assert part.head.hash == part.messages[-1].hash


async def test_the_list_says_whose_case_each_space_is(house: House) -> None:
    """A5: spaces of one product all bear its name; people tell them apart by who is in them."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li, title="图文法律咨询")
    (listed,) = (await house.services.space_views.listing(li.actor)).items
    assert (listed.client_name, listed.lawyer_name) == ("王晓", "李律师")
    await house.services.spaces.remove_members(None, space_id, [li.id])
    (listed,) = (await house.services.space_views.listing(wang.actor)).items
    assert (listed.client_name, listed.lawyer_name) == ("王晓", None)


async def test_the_list_is_newest_activity_first(house: House) -> None:
    wang = await client(house)
    quiet, busy = await space_of(house, wang, title="甲"), await space_of(house, wang, title="乙")
    await say(house, wang, busy, "一")
    await say(house, wang, quiet, "二")
    await say(house, wang, busy, "三")
    listing = await house.services.space_views.listing(wang.actor)
    assert [(s.id, s.last_seq, s.last_message and s.last_message.body) for s in listing.items] == [
        (busy, 2, {"text": "三"}),
        (quiet, 1, {"text": "二"}),
    ]


async def test_a_live_view_is_the_view_of_a_page(house: House) -> None:
    """The dictionary that is broadcast fits MessageView, field by field."""
    from schemas.api.messages import MessageView

    wang = await client(house)
    space_id = await space_of(house, wang)
    stored = await house.core.recorder.append(
        Draft(space_id, wang.id, "client", new_id(), MessageType.TEXT, {"text": "一"}, sender_name="王晓")
    )
    assert set(orjson.loads(stored.shown.json)) == set(MessageView.model_fields)
    page = await house.services.messages.page(wang.actor, space_id, MessageListQuery())
    assert stored.shown.view() == page.items[0]
