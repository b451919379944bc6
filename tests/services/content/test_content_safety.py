"""Content safety against the sandbox (ruling 27): held for review, never destroyed, and nothing waits for WeChat."""

import asyncio
import io
import json
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from tornado.httpclient import AsyncHTTPClient
from tornado.testing import bind_unused_port

from miniprogram_api.push import PushEvent
from schemas.api.content import ContentDecisionBody, Decision, HoldQuery
from schemas.api.files import FileVariant
from schemas.api.messages import SyncBody
from schemas.api.search import SearchQuery
from services.content.content_checks import ASKABLE, VERDICT_WITHIN
from services.errors import Problem
from services.search.search_index import SearchIndex
from tests.house import Person
from tests.parts.databases import SettingsMaker
from tests.parts.sandboxes import OwnSandbox
from tests.services.content.content_world import World, open_world

BAD = "这里有沙箱违规内容"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(make_settings: SettingsMaker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    socket, port = bind_unused_port()
    socket.close()
    folder: Path = tmp_path_factory.mktemp("content") / "sandbox"
    sandbox = await asyncio.to_thread(OwnSandbox, folder, f"http://127.0.0.1:{port}")
    url = f"http://127.0.0.1:{port}"
    settings = make_settings(**{**sandbox.fields, "http_port": port, "public_url": url})
    async with open_world(settings, sandbox.url) as world:
        yield world
    await asyncio.to_thread(sandbox.stop)


@pytest_asyncio.fixture
async def world(opened: World) -> AsyncIterator[World]:
    opened.faults.clear()
    yield opened
    await opened.control("DELETE", "faults")
    await opened.control("POST", "activity", {"openid": opened.openid})
    assert opened.faults == []


async def decide(world: World, seq: int, decision: Decision, person: Person | None = None) -> None:
    body = ContentDecisionBody(decision=decision, reason="已核实")
    actor = (person or world.reviewer).actor
    await world.house.services.content_holds.decide(actor, f"{world.space}-{seq}", body)
    await world.work()


# --- texts


async def test_what_is_fine_passes(world: World) -> None:
    message = await world.say("合同第三条需要修改")
    await world.work()
    assert (await world.check(message.seq))["state"] == "passed"
    assert await world.notices_about(message.seq) == []


async def test_what_is_risky_is_hidden_from_the_others_and_kept(world: World) -> None:
    """The sender and the staff go on seeing it; the others see that something is held."""
    message = await world.say(BAD)
    await world.work()
    check = await world.check(message.seq)
    assert (check["state"], check["suggestion"], check["label"]) == ("held", "risky", 20001)
    for person in (world.sender, world.lawyer):
        seen = await world.seen(person, message.seq)
        assert (seen.body, seen.held) == ({"text": BAD}, True)
    hidden = await world.seen(world.other, message.seq)
    assert (hidden.body, hidden.held, hidden.salt) == ({}, True, None)
    assert hidden.hash == message.hash  # the record stands as it was
    assert await world.notices_about(message.seq) == ["content.held"]
    entry = await world.house.database.entries.find_one({"_id": {"space": world.space, "seq": message.seq}})
    assert entry is not None
    assert (await world.house.core.recorder.open(entry))[0] == {"text": BAD}


async def test_two_workers_that_ask_at_once_hold_it_once(world: World) -> None:
    """One leads; but the other may not have noticed yet. Whoever comes second lets the rest of its turn go on."""
    messages = [await world.say(BAD) for _ in range(3)]
    assert await asyncio.gather(*(world.content.checks.tick() for _ in range(4))) != []
    await world.work()
    for message in messages:
        assert (await world.check(message.seq))["state"] == "held"
        assert await world.notices_about(message.seq) == ["content.held"]


async def test_the_hold_is_shown_once_however_often_its_effect_runs(world: World) -> None:
    message = await world.say(BAD)
    await world.work()
    await world.house.database.outbox.update_many({"kind": "content.changed"}, {"$set": {"state": "pending"}})
    await world.work()
    await world.follow(message.seq)  # the follower too may see an entry twice
    await world.work()
    assert await world.notices_about(message.seq) == ["content.held"]
    told = world.house.database.notices.count_documents({"user_id": world.sender.id, "kind": "content_held"})
    assert await told == await world.house.database.content_checks.count_documents({"held_at": {"$exists": True}})


async def test_every_way_to_a_held_message_is_closed_to_the_others(world: World) -> None:
    """Sync, the list of chats, search, export, and what heals a live gap."""
    services, word = world.house.services, "独一无二"
    message = await world.say(f"{BAD}{word}")
    await world.work()
    body = SyncBody(spaces={world.space: message.seq - 1})
    (synced, *_) = (await services.sync.sync(world.other.actor, body)).spaces[world.space].messages
    assert (synced.seq, synced.body, synced.held) == (message.seq, {}, True)
    (own, *_) = (await services.sync.sync(world.sender.actor, body)).spaces[world.space].messages
    assert own.body["text"].endswith(word)

    entry = await world.house.database.entries.find_one({"_id": {"space": world.space, "seq": message.seq}})
    heads = [entry] if entry else []
    space = await world.house.core.spaces.load(world.space)
    assert space is not None
    (healed,) = await world.house.core.reader.views(space, heads)
    assert healed.body == {}

    core = world.house.core
    await SearchIndex(core.database, core.recorder, core.index).follow(heads)
    for person, expected in ((world.other, []), (world.sender, [message.seq]), (world.lawyer, [message.seq])):
        found = await services.search.in_space(person.actor, world.space, SearchQuery(q=word))
        assert [hit.message.seq for hit in found.items] == expected


async def test_an_export_leaves_out_what_is_held_and_says_so(world: World, tmp_path: Path) -> None:
    """The bundle of the other client verifies, with a commitment in the place of the message."""
    message = await world.say(BAD)
    await world.work()
    rows = {}
    for person in (world.other, world.sender):
        export = await world.house.services.exports.export(person.actor, world.space)
        data = b"".join([block async for block in export.read()])
        export.close()
        lines = zipfile.ZipFile(io.BytesIO(data)).read("messages.jsonl").splitlines()
        rows[person.id] = json.loads(lines[message.seq - 1])
        path = tmp_path / f"{person.id}.zip"
        path.write_bytes(data)
        verify = zipfile.ZipFile(path).extract("verify.py", tmp_path)
        run = await asyncio.create_subprocess_exec(sys.executable, verify, str(path), stdout=-1, stderr=-1)
        said, _ = await run.communicate()
        assert run.returncode == 0, said.decode()
    assert rows[world.other.id]["withheld"] == "held"
    assert "body" not in rows[world.other.id]
    assert rows[world.sender.id]["body"] == {"text": BAD}


# --- reviewing


async def test_a_reviewer_releases_or_upholds_and_it_is_written_down(world: World) -> None:
    holds, before = world.house.services.content_holds, len(await world.actions())
    message = await world.say(BAD)
    await world.work()
    check_id = f"{world.space}-{message.seq}"
    listed = await holds.listing(world.reviewer.actor, HoldQuery())
    assert check_id in [item.id for item in listed.items]
    assert "沙箱违规" not in listed.model_dump_json()
    assert (await holds.read(world.reviewer.actor, check_id)).body == {"text": BAD}
    await decide(world, message.seq, Decision.UPHOLD)
    assert (await world.seen(world.other, message.seq)).body == {}
    await decide(world, message.seq, Decision.RELEASE)  # on second thoughts
    released = await world.seen(world.other, message.seq)
    assert (released.body, released.held) == ({"text": BAD}, False)
    assert await world.notices_about(message.seq) == ["content.held", "content.upheld", "content.released"]
    written = ["content.held", "content.read", "content.upheld", "content.released"]
    assert (await world.actions())[before:] == written
    with pytest.raises(Problem) as refused:
        await decide(world, message.seq, Decision.UPHOLD)
    assert refused.value.code == "content.already_reviewed"


async def test_the_work_item_is_done_with_the_decision(world: World) -> None:
    message = await world.say(BAD)
    await world.work()
    subject = {"subject": f"content:{world.space}-{message.seq}"}
    item = await world.house.database.work_items.find_one(subject)
    assert item is not None
    assert (item["kind"], item["state"]) == ("content.review", "open")
    assert BAD not in str(item)
    await decide(world, message.seq, Decision.RELEASE)
    item = await world.house.database.work_items.find_one(subject)
    assert item is not None
    assert (item["state"], item["done_by"]) == ("done", world.reviewer.id)


async def test_two_reviewers_at_once_decide_once(world: World) -> None:
    message = await world.say(BAD)
    await world.work()
    decisions = [decide(world, message.seq, Decision.RELEASE) for _ in range(4)]
    outcomes = await asyncio.gather(*decisions, return_exceptions=True)
    assert [str(one) for one in outcomes if one is not None] == ["content.already_reviewed"] * 3
    assert await world.notices_about(message.seq) == ["content.held", "content.released"]


async def test_only_reviewers_review(world: World) -> None:
    message = await world.say(BAD)
    await world.work()
    holds, check_id = world.house.services.content_holds, f"{world.space}-{message.seq}"
    for person in (world.sender, world.other, world.lawyer):
        for attempt in (
            holds.listing(person.actor, HoldQuery()),
            holds.read(person.actor, check_id),
            holds.decide(person.actor, check_id, ContentDecisionBody(decision=Decision.RELEASE, reason="x")),
        ):
            with pytest.raises(Problem) as refused:
                await attempt
            assert refused.value.code == "auth.forbidden"
    with pytest.raises(Problem) as unknown:
        await holds.read(world.reviewer.actor, f"{world.space}-999999")
    assert unknown.value.code == "content.hold_not_found"


# --- media


async def test_a_risky_picture_is_held_with_its_file(world: World) -> None:
    """WeChat fetches the file by a ticket and pushes its verdict; then ordinary links are refused."""
    files = world.house.services.files
    message, file_id = await world.show_picture()
    await world.control("POST", "content-rules", {"contains": file_id, "suggest": "risky"})
    ordinary = (await world.seen(world.other, message.seq)).body["url"]
    await world.work()
    await world.becomes(message.seq, "held")
    await world.work()
    assert (await world.seen(world.other, message.seq)).body == {}
    for attempt in (
        files.get(world.other.actor, file_id),
        files.content(file_id, FileVariant.PREVIEW, ticket=ticket(ordinary)),
    ):
        with pytest.raises(Problem) as refused:
            await attempt
        assert refused.value.code == "file.held"
    base = world.house.settings.public_url
    for person in (world.sender, world.lawyer):
        link = (await world.seen(person, message.seq)).body["url"]
        assert (await AsyncHTTPClient().fetch(base + link)).code == 200
        assert (await files.get(person.actor, file_id)).url is not None
    judged = await world.house.services.content_holds.read(world.reviewer.actor, f"{world.space}-{message.seq}")
    assert (judged.sender_name, judged.space_title) == ("王晓", "测试案件")
    for name in ("url", "thumbnail_url"):
        shown = await AsyncHTTPClient().fetch(base + judged.body[name])
        assert shown.code == 200, "whoever judges a picture sees it"
    await decide(world, message.seq, Decision.RELEASE)
    link = (await world.seen(world.other, message.seq)).body["url"]
    assert (await AsyncHTTPClient().fetch(base + link)).code == 200


def ticket(link: str) -> str:
    return link.partition("ticket=")[2]


async def test_a_fine_picture_passes(world: World) -> None:
    message, _ = await world.show_picture()
    await world.work()
    await world.becomes(message.seq, "passed")
    assert await world.notices_about(message.seq) == []


async def test_a_verdict_that_comes_before_its_number_is_stored_counts(world: World) -> None:
    message, file_id = await world.show_picture()
    database = world.house.database
    push = {"trace_id": "t-early", "errcode": 0, "result": {"suggest": "risky", "label": "20002"}}
    event = PushEvent("k", None, "wxa_media_check", "o", world.clock(), push)
    await world.content.verdicts.pushed(None, event)
    await world.content.verdicts.pushed(None, event)  # WeChat repeats what was answered late
    assert (await world.check(message.seq))["state"] == "owed"
    asked = {"state": "asked", "trace_id": "t-early", "file_id": file_id}
    await database.content_checks.update_one({"_id": f"{world.space}-{message.seq}"}, {"$set": asked})
    await world.content.verdicts.early("t-early")
    check = await world.check(message.seq)
    assert (check["state"], check["label"]) == ("held", 20002)


async def test_a_verdict_that_never_comes_becomes_a_work_item(world: World) -> None:
    message, _ = await world.show_picture()
    update = {"$set": {"state": "asked", "trace_id": "t-never", "due_at": world.clock() + VERDICT_WITHIN}}
    await world.house.database.content_checks.update_one({"_id": f"{world.space}-{message.seq}"}, update)
    await world.work()
    assert (await world.check(message.seq))["state"] == "asked"
    world.clock.forward(VERDICT_WITHIN.total_seconds())
    await world.work()
    check = await world.check(message.seq)
    assert (check["state"], check["cause"]) == ("unchecked", "no_verdict")
    item = await world.house.database.work_items.find_one({"subject": "cause:no_verdict"})
    assert item is not None
    assert item["state"] == "open"
    assert "url" in (await world.seen(world.other, message.seq)).body


# --- when WeChat has no opinion


async def test_a_wechat_that_is_down_holds_up_nothing(world: World) -> None:
    """The message is there at once; its check waits and is made when WeChat is back."""
    await world.control("POST", "faults", {"endpoint": "msg_sec_check", "errcode": -1})
    message = await world.say("现在可以发吗")
    await world.work()
    check = await world.check(message.seq)
    assert (check["state"], check["cause"], check["tries"]) == ("owed", "wechat.-1", 1)
    assert (await world.seen(world.other, message.seq)).body == {"text": "现在可以发吗"}
    await world.control("DELETE", "faults")
    await world.work()
    assert (await world.check(message.seq))["state"] == "owed"  # not before its pause is over
    world.clock.forward(60)
    await world.work()
    assert (await world.check(message.seq))["state"] == "passed"


async def test_what_could_not_be_asked_in_time_stays_with_its_cause(world: World) -> None:
    await world.control("POST", "faults", {"endpoint": "msg_sec_check", "status": 502})
    message = await world.say("微信一直没有回答")
    await world.work()
    world.clock.forward(ASKABLE.total_seconds() + 1)
    await world.work()
    check = await world.check(message.seq)
    assert (check["state"], check["cause"]) == ("unchecked", "transport.bad_answer")
    assert await world.house.database.work_items.find_one({"subject": "cause:transport.bad_answer"}) is not None


async def test_who_was_not_in_wechat_lately_is_not_judged(world: World) -> None:
    """61010: no verdict, and no fault of the text."""
    await world.control("POST", "activity", {"openid": world.openid, "minutes_ago": 180})
    message = await world.say(BAD)
    await world.work()
    check = await world.check(message.seq)
    assert (check["state"], check["cause"]) == ("unchecked", "user_away")
    assert (await world.seen(world.other, message.seq)).body == {"text": BAD}


async def test_who_has_no_wechat_and_the_system_are_not_asked_about(world: World) -> None:
    asked = len((await world.control("GET", "log?endpoint=msg_sec_check"))["items"])
    message = await world.say(BAD, world.other)
    await world.work()
    assert (await world.check(message.seq))["cause"] == "no_openid"
    assert len((await world.control("GET", "log?endpoint=msg_sec_check"))["items"]) == asked


async def test_a_long_text_is_asked_about_in_parts(world: World) -> None:
    """2,500 characters at most; the worst opinion counts."""
    message = await world.say("好" * 4_000 + BAD)
    await world.work()
    assert (await world.check(message.seq))["state"] == "held"


async def test_old_messages_are_not_dug_out(world: World) -> None:
    """When the checks are switched on, or a worker was long away."""
    message = await world.say("很久以前的话")
    await world.house.database.content_checks.delete_one({"_id": f"{world.space}-{message.seq}"})
    world.clock.forward(ASKABLE.total_seconds() + 1)
    await world.follow(message.seq)
    assert await world.house.database.content_checks.find_one({"_id": f"{world.space}-{message.seq}"}) is None
