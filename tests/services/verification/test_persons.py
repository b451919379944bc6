"""A person proves who they are (B2): consent, two photos, fields, and the provider's word; sealed, limited, audited."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta

import pytest
import pytest_asyncio

from miniprogram_api.errors import IdentityCheckError
from schemas.api.base import PageQuery
from schemas.api.verifications import SubmitBody, VerificationBody
from schemas.reading_enums import ReadingKind
from schemas.verification_enums import PaperState, VerificationKind
from services.clock import utc_now
from services.ids import new_id
from services.keys import KeyDestroyedError
from services.verification.consent_texts import Receiver, consent_texts
from services.verification.papers import MOST_OF_ONE
from tests.house import client, space_of
from tests.parts.databases import SettingsMaker
from tests.refusals import refused
from tests.services.verification.verification_world import (
    NAME,
    VerificationWorld,
    card,
    id_number,
    open_verifications,
    paper,
)

FRONT, BACK = ReadingKind.ID_CARD_FRONT, ReadingKind.ID_CARD_BACK


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(make_settings: SettingsMaker) -> AsyncIterator[VerificationWorld]:
    async with open_verifications(make_settings()) as opened:
        yield opened


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_whole_way(world: VerificationWorld) -> None:
    person, number = await client(world.house), id_number()
    begun = await world.begin(person)
    assert [one.state for one in begun.papers] == [PaperState.MISSING] * 2
    view = await world.photo(person, begun.id, FRONT)
    assert view.papers[0].state == PaperState.READING
    await world.read(begun.id, paper("id_card_front", name=NAME, id_number=number))
    await world.photo(person, begun.id, BACK)
    await world.read(begun.id, paper("id_card_back", valid_from="2020-06-01", valid_to="2040-06-01"))
    draft = await world.verifying.verifications.get(person.actor, begun.id)
    assert {one.name: one.value for one in draft.fields} == card(number)
    assert not any(one.flagged for one in draft.fields)
    done = await world.submit(person, begun.id, card(number))
    assert (done.state, done.hints["name"], done.hints["id_number"]) == (
        "verified",
        "王*",
        f"110{'*' * 11}{number[-4:]}",
    )
    assert done.fields == []
    assert (await world.house.services.accounts.me(person.actor)).verified
    mine = await world.verifying.verifications.mine(person.actor)
    assert [(one.kind, one.expires_at - world.clock()) for one in mine.standing] == [("person", timedelta(days=730))]
    told = await world.house.database.notices.find({"user_id": person.id}).to_list()
    assert [(one["kind"], one["link"]) for one in told] == [("verification_decided", "/me/verification")]


async def test_the_consent_is_of_its_own_and_kept_with_its_text(world: VerificationWorld) -> None:
    """PIPL 29: separate, for a purpose, to a text that can be told again."""
    person = await client(world.house)
    body = VerificationBody(kind=VerificationKind.PERSON, consent_version="yesterday's")
    assert await refused(world.verifying.verifications.begin(person.actor, body)) == "verification.consent_outdated"
    assert await world.house.database.verifications.count_documents({"user_id": person.id}) == 0
    await world.begin(person)
    (kept,) = await world.house.database.consents.find({"user_id": person.id}).to_list()
    text = consent_texts(Receiver("tencent", "腾讯云", face=True))[VerificationKind.PERSON]
    assert (kept["text_sha256"], kept["version"]) == (text.sha256, "person-2026-11.2.tencent.face")
    assert kept["given_at"] == world.clock()
    (told_again,) = (await world.verifying.verifications.my_consents(person.actor, PageQuery())).items
    assert told_again.paragraphs == list(text.paragraphs)


async def test_who_agreed_to_other_words_is_sent_nowhere(world: VerificationWorld) -> None:
    """The provider came after the consent, which does not name it: a person looks instead."""
    person = await client(world.house)
    begun = await world.begin(person)
    for kind in (FRONT, ReadingKind.ID_CARD_BACK):
        await world.photo(person, begun.id, kind)
    older = consent_texts(None)[VerificationKind.PERSON]
    await world.house.database.consents.update_one(
        {"user_id": person.id}, {"$set": {"version": older.version, "text_sha256": older.sha256}}
    )
    assert (await world.submit(person, begun.id, card(id_number()))).state == "in_review"


async def test_a_full_queue_keeps_nobody_from_applying(world: VerificationWorld) -> None:
    """Neither one person nor all of them fill the queue of readings; the photo is kept, and the person types."""
    person, readings = await client(world.house), world.house.database.readings
    begun = await world.begin(person)
    await world.house.database.raw["readings"].insert_many([_waiting(person.id) for _ in range(MOST_OF_ONE)])
    unread = (await world.photo(person, begun.id, FRONT)).papers[0]
    assert (unread.state, unread.error) == ("unread", "reading.queue_full")
    assert "请直接填写" in (unread.error_text or "")
    assert await readings.count_documents({"space_id": begun.id}) == 0
    await readings.update_many({"space_id": "another"}, {"$set": {"asked_by": "others"}})
    papers = world.verifying.verifications._papers
    before, papers._most_waiting = papers._most_waiting, await readings.count_documents({"state": "queued"})
    assert (await world.photo(person, begun.id, FRONT)).papers[0].state == "unread", "the whole queue is full"
    papers._most_waiting = before
    assert (await world.photo(person, begun.id, FRONT)).papers[0].state == "reading"
    await readings.delete_many({"space_id": "another"})


def _waiting(asked_by: str) -> dict[str, object]:
    """A photo of another application that waits to be read."""
    reading_id, now = new_id(), utc_now()
    ids = {"_id": reading_id, "space_id": "another", "verification_id": "another", "file_id": reading_id}
    people = {"uploader_id": asked_by, "asked_by": asked_by, "job_key": reading_id, "confirmations": []}
    return {**ids, **people, "schema_version": 1, "state": "queued", "tries": 0, "due_at": now, "created_at": now}


async def test_one_application_is_open_at_a_time(world: VerificationWorld) -> None:
    person = await client(world.house)
    assert (await world.begin(person)).id == (await world.begin(person)).id
    assert await world.house.database.consents.count_documents({"user_id": person.id}) == 1


async def test_nothing_personal_lies_open(world: VerificationWorld) -> None:
    person, number = await client(world.house), id_number()
    done = await world.verify(person, card(number))
    database = world.house.database
    rows = [await world.stored(done.id)]
    for name, where in (
        ("audit", {"subject": f"verification:{done.id}"}),
        ("readings", {"space_id": done.id}),
        ("outbox", {"subject": f"verification:{done.id}"}),
        ("notices", {"user_id": person.id}),
        ("counters", {}),
        ("users", {"_id": person.id}),
    ):
        rows += await database.raw[name].find(where).to_list()
    assert number not in str(rows)
    assert NAME not in str([row for row in rows if row.get("_id") != person.id])


async def test_what_cannot_be_true_costs_no_attempt(world: VerificationWorld) -> None:
    person, number = await client(world.house), id_number()
    begun = await world.begin(person)
    wrong = SubmitBody(fields=card(number[:-1] + ("0" if number[-1] != "0" else "1")))
    for _ in range(8):
        code = await refused(world.verifying.verifications.submit(person.actor, begun.id, wrong))
        assert code == "verification.fields_invalid"
    right = SubmitBody(fields=card(number))
    code = await refused(world.verifying.verifications.submit(person.actor, begun.id, right))
    assert code == "verification.papers_missing"


async def test_a_mismatch_is_refused_with_a_reason_and_attempts_end(world: VerificationWorld) -> None:
    person, number = await client(world.house), id_number()
    await world.control("residents", {"number": number, "name": "李敏"})
    for _ in range(5):
        refused = await world.verify(person, card(number))
        assert (refused.state, refused.reason) == ("refused", "mismatch")
        assert "不一致" in str(refused.reason_text)
    with pytest.raises(Exception, match="too_many_attempts"):
        await world.verify(person, card(number))
    assert not (await world.house.services.accounts.me(person.actor)).verified


async def test_one_number_is_one_person(world: VerificationWorld) -> None:
    """Who has it already is told to nobody who has not proven the number; one's own may be proven anew."""
    first, second, number = await client(world.house), await client(world.house), id_number()
    assert (await world.verify(first, card(number))).state == "verified"
    refused = await world.verify(second, card(number))
    assert (refused.state, refused.reason) == ("refused", "number_taken")
    again = await world.verify(first, card(number))
    assert again.state == "verified"
    states = [one.state for one in (await world.verifying.verifications.mine(first.actor)).items]
    assert states == ["verified", "replaced"]


async def test_of_two_at_once_with_one_number_one_is_verified(world: VerificationWorld) -> None:
    number, people = id_number(), [await client(world.house) for _ in range(4)]
    states = [done.state for done in await asyncio.gather(*(world.verify(one, card(number)) for one in people))]
    assert sorted(states) == ["refused", "refused", "refused", "verified"]
    shown = [(await world.house.services.accounts.me(one.actor)).verified for one in people]
    assert shown == [state == "verified" for state in states]


async def test_a_provider_that_does_not_answer_is_asked_again(world: VerificationWorld) -> None:
    person, number = await client(world.house), id_number()
    await world.control("residents", {"number": number, "name": NAME, "state": "busy"})
    with pytest.raises(IdentityCheckError):
        await world.verify(person, card(number))
    (waiting,) = (await world.verifying.verifications.mine(person.actor)).items
    assert waiting.state == "pending"
    await world.control("residents", {"number": number, "name": NAME})
    await world.work(waiting.id)
    assert (await world.verifying.verifications.get(person.actor, waiting.id)).state == "verified"


async def test_a_repeat_of_the_effect_changes_nothing(world: VerificationWorld) -> None:
    person = await client(world.house)
    done = await world.verify(person, card(id_number()))
    before = await world.stored(done.id)
    await world.house.database.outbox.update_many(
        {"subject": f"verification:{done.id}"}, {"$set": {"state": "pending"}}
    )
    await world.work(done.id)
    assert await world.stored(done.id) == before
    assert await world.house.database.notices.count_documents({"user_id": person.id}) == 1


async def test_a_lost_answer_of_submitting_is_repeated(world: VerificationWorld) -> None:
    person, number = await client(world.house), id_number()
    begun = await world.begin(person)
    for kind in (FRONT, BACK):
        await world.photo(person, begun.id, kind)
    body = SubmitBody(fields=card(number))
    for _ in range(2):
        assert (await world.verifying.verifications.submit(person.actor, begun.id, body)).state == "pending"
    other = SubmitBody(fields=card(number, "王小"))
    assert (
        await refused(world.verifying.verifications.submit(person.actor, begun.id, other)) == "verification.wrong_state"
    )


async def test_strangers_and_members_of_a_case_see_nothing_of_it(world: VerificationWorld) -> None:
    person, stranger = await client(world.house), await client(world.house)
    await space_of(world.house, person, stranger)
    begun = await world.begin(person)
    view = await world.photo(person, begun.id, FRONT)
    kept = (await world.stored(view.id))["papers"]["id_card_front"]
    asks = world.verifying.verifications
    attempts: list[Awaitable[object]] = [
        asks.get(stranger.actor, begun.id),
        asks.photo(stranger.actor, begun.id, FRONT),
        asks.submit(stranger.actor, begun.id, SubmitBody(fields=card(id_number()))),
        asks.withdraw(stranger.actor, begun.id),
    ]
    for attempt in attempts:
        assert await refused(attempt) == "verification.not_found"
    assert await refused(world.house.services.files.get(stranger.actor, kept["file_id"])) == "file.not_found"
    assert await refused(world.house.services.files.get(person.actor, kept["file_id"])) == "file.not_found"
    assert await refused(world.house.services.readings.get(stranger.actor, kept["reading_id"])) == "reading.not_found"
    kind, blocks = await asks.photo(person.actor, begun.id, FRONT)
    assert kind == "image/png"
    assert b"".join([block async for block in blocks]).startswith(b"\x89PNG")


async def test_a_paper_that_cannot_be_read_is_typed(world: VerificationWorld) -> None:
    person = await client(world.house)
    begun = await world.begin(person)
    await world.photo(person, begun.id, FRONT)
    await world.read(begun.id, "reading.file_broken")
    view = await world.verifying.verifications.get(person.actor, begun.id)
    assert (view.papers[0].state, view.papers[0].error_text) == ("unread", "文件已损坏，无法识别")
    assert {one.value for one in view.fields} == {None}
    await world.photo(person, begun.id, FRONT)  # a better one takes its place
    await world.read(begun.id, paper("id_card_front", name=NAME))
    view = await world.verifying.verifications.get(person.actor, begun.id)
    assert view.papers[0].state == "read"
    assert await world.house.database.files.count_documents({"space_id": begun.id, "copies": {"$exists": True}}) == 1


async def test_photos_are_destroyed_in_time_and_their_hashes_stay(world: VerificationWorld) -> None:
    person = await client(world.house)
    done = await world.verify(person, card(id_number()))
    hashes = {name: kept["sha256"] for name, kept in (await world.stored(done.id))["papers"].items()}
    world.clock.forward(30 * 86_400)
    await world.verifying.checking.tick()
    stored = await world.stored(done.id)
    assert {name: kept["sha256"] for name, kept in stored["papers"].items()} == hashes
    assert await refused(world.verifying.verifications.photo(person.actor, done.id, FRONT)) == "file.gone"
    with pytest.raises(KeyDestroyedError):
        await world.house.vault.key(f"space:{done.id}")
    assert await world.house.database.readings.count_documents({"space_id": done.id, "result": {"$exists": True}}) == 0
    view = await world.verifying.verifications.get(person.actor, done.id)
    assert (view.state, {one.state for one in view.papers}) == ("verified", {"purged"})
    assert (await world.verifying.standing.real_name(person.id)) == NAME


async def test_it_runs_out_and_is_proven_again(world: VerificationWorld) -> None:
    """The card's own end comes before the two years; a month ahead the person is told."""
    person = await client(world.house)
    until = world.clock() + timedelta(days=60)
    fields = card("") | {"valid_from": f"{until.year - 20}-{until:%m-%d}", "valid_to": f"{until:%Y-%m-%d}"}
    fields["id_number"] = id_number(until.date().replace(year=until.year - 50, day=1))
    done = await world.verify(person, fields)
    assert done.state == "verified"
    world.clock.forward(31 * 86_400)
    for _ in range(2):
        await world.verifying.checking.tick()
    kinds = [one["kind"] async for one in world.house.database.notices.find({"user_id": person.id}).sort("_id", 1)]
    assert kinds == ["verification_decided", "verification_expiring"]
    world.clock.forward(31 * 86_400)
    await world.verifying.checking.tick()
    assert (await world.verifying.verifications.get(person.actor, done.id)).state == "expired"
    assert not (await world.house.services.accounts.me(person.actor)).verified
    fresh = fields | {"valid_from": f"{until:%Y-%m-%d}", "valid_to": "长期"}
    assert (await world.verify(person, fresh)).state == "verified"


async def test_a_consent_is_taken_back(world: VerificationWorld) -> None:
    """PIPL 15: what is open ends, photos go at once, what was verified stays."""
    person = await client(world.house)
    begun = await world.begin(person)
    await world.photo(person, begun.id, FRONT)
    for _ in range(2):
        assert (await world.verifying.verifications.withdraw(person.actor, begun.id)).state == "withdrawn"
    (kept,) = (await world.verifying.verifications.my_consents(person.actor, PageQuery())).items
    assert kept.withdrawn_at == world.clock()
    done = await world.verify(person, card(id_number()))
    after = await world.verifying.verifications.withdraw(person.actor, done.id)
    assert (after.state, {one.state for one in after.papers}) == ("verified", {"purged"})


async def test_who_never_goes_on_leaves_no_photos(world: VerificationWorld) -> None:
    person = await client(world.house)
    begun = await world.begin(person)
    await world.photo(person, begun.id, FRONT)
    world.clock.forward(86_400)
    await world.verifying.checking.tick()
    assert (await world.verifying.verifications.get(person.actor, begun.id)).state == "withdrawn"
    assert await world.house.database.files.count_documents({"space_id": begun.id, "copies": {"$exists": True}}) == 0


async def test_the_face_on_the_providers_page(world: VerificationWorld) -> None:
    person, asks = await client(world.house), world.verifying.verifications
    for passed, state in ((False, "refused"), (True, "verified")):
        begun = await world.begin(person)
        for kind in (FRONT, BACK):
            await world.photo(person, begun.id, kind)
        waiting = await world.submit(person, begun.id, card(id_number()), face=True)
        assert (waiting.state, waiting.face_offered) == ("face", True)
        assert (await asks.face(person.actor, begun.id)).state == "face"  # not been there yet
        token = str(waiting.face_url).rpartition("/")[2]
        await world.control(f"faces/{token}", {"passed": passed})
        assert (await asks.face(person.actor, begun.id)).state == state
