"""Verified before filing, hearing and signing (B2), where the house asks for it: attackers first."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from schemas.api.asynchronous import AsynchronousChoice, TurnBody
from schemas.api.evidence import CaseElements, EvidenceBody, MovementBody
from schemas.api.hearings import ParticipantView
from schemas.api.messages import MessageListQuery
from schemas.evidence_enums import MovementKind
from schemas.hearing_enums import ActKind, HearingStage, IdentityState, Place
from schemas.minutes_enums import MinutesState, SigningState
from schemas.verification_enums import IdentityBasis, VerificationKind
from services.hearings.docket import ACTED
from services.hearings.scheduling import CALLED
from services.idempotency import Intent
from services.ids import new_id
from tests.house import Person, client, lawyer, space_of
from tests.parts.databases import SettingsMaker
from tests.refusals import refused
from tests.services.evidence.test_case_elements import WHOLE
from tests.services.hearings.hearing_world import World, called, owed
from tests.services.hearings.minutes_world import SIGNATURE, Scribe
from tests.services.readings.reading_world import ReadingWorld, open_readings

PERSON, LAWYER = VerificationKind.PERSON, VerificationKind.LAWYER


@pytest.fixture(scope="module")
async def place(make_settings: SettingsMaker) -> AsyncIterator[ReadingWorld]:
    async with open_readings(make_settings(identity_demanded=True)) as opened:
        yield opened


@pytest.fixture
async def world(place: ReadingWorld) -> World:
    return await called(place.house)


async def prove(world: World, person: Person, kind: VerificationKind = PERSON, *, days: float = 300) -> None:
    """As if verified: what the account says, and nothing else. Before today: it has run out."""
    until = world.house.core.clock() + timedelta(days=days)
    change = {"$set": {f"verified_until.{kind}": until, "verified": True}}
    await world.house.database.users.update_one({"_id": person.id}, change)


async def seat(world: World, person: Person) -> ParticipantView:
    seats = (await world.seen(world.judge)).participants
    return next(one for one in seats if one.user_id == person.id)


# --- hearing


async def test_nobody_unproven_is_let_into_the_court_room(world: World) -> None:
    """Anybody with a seat waits; a side comes in as who they are, by their account or by the court's own word."""
    await world.come(*world.everybody)
    await prove(world, world.li)  # a person, but no lawyer
    await prove(world, world.zhao, days=-1)  # it has run out, though the tick has not been there yet
    for person in (world.wang, world.li, world.zhao):
        assert await refused(world.act(world.clerk, ActKind.ADMIT, person)) == "hearing.identity_open"
        assert (await seat(world, person)).place is Place.WAITING
    await prove(world, world.li, LAWYER)
    await world.act(world.clerk, ActKind.ADMIT, world.li)
    await world.act(world.clerk, ActKind.IDENTIFY, world.wang, identity=IdentityState.CONFIRMED)
    await world.act(world.clerk, ActKind.ADMIT, world.wang)
    assert {(await seat(world, one)).place for one in (world.wang, world.li)} == {Place.COURT}
    await owed(world.house, CALLED, ACTED)
    query = MessageListQuery(after_seq=0, limit=200)
    page = await world.house.services.messages.page(world.judge.actor, world.space, query)
    assert "书记员周书核对原告王晓：身份核对无误" in [one.body.get("text") for one in page.items], "the journal says so"


async def test_a_doubt_of_the_court_outweighs_the_account(world: World) -> None:
    await prove(world, world.zhao)
    await world.come(world.judge, world.clerk, world.zhao)
    await world.act(world.clerk, ActKind.IDENTIFY, world.zhao, identity=IdentityState.DOUBTED)
    assert (await seat(world, world.zhao)).unproven
    assert await refused(world.act(world.clerk, ActKind.ADMIT, world.zhao)) == "hearing.identity_open"


async def test_who_is_verified_meanwhile_is_shown_so(world: World) -> None:
    """They go from the waiting room to be verified: the bench sees it, and sees it go again when it runs out."""
    await world.come(*world.everybody)
    shown = [one.user_id for one in (await world.seen(world.judge)).participants if one.unproven]
    assert sorted(shown) == sorted(one.id for one in (world.wang, world.li, world.zhao, world.witness))
    await prove(world, world.wang)
    await world.house.verifying.checking._changed(world.wang.id)
    assert (await seat(world, world.wang)).verified
    assert not (await seat(world, world.wang)).unproven
    await prove(world, world.wang, days=-1)
    await world.house.verifying.checking._changed(world.wang.id)
    assert not (await seat(world, world.wang)).verified


async def test_turns_and_consent_of_an_asynchronous_hearing(place: ReadingWorld) -> None:
    """Whoever binds their side, or speaks for it, is known; who refuses loses nothing by it, so may at once."""
    world = await called(place.house, mode="asynchronous")
    choose = world.house.services.exchanges.choose
    agree = AsynchronousChoice.model_validate({"action": "agree"})
    refuse = AsynchronousChoice.model_validate({"action": "refuse", "reason": "想当面说"})
    assert await refused(choose(world.zhao.actor, world.id, agree)) == "verification.required"
    await choose(world.zhao.actor, world.id, refuse)
    await world.act(world.clerk, ActKind.IDENTIFY, world.zhao, identity=IdentityState.CONFIRMED)
    await choose(world.zhao.actor, world.id, agree)
    said = TurnBody.model_validate({"client_turn_id": new_id(), "text": "我是被告"})
    say = world.house.services.turns.say
    assert await refused(say(world.wang.actor, world.id, said)) == "verification.required"
    assert await refused(say(world.zhao.actor, world.id, said)) == "hearing.wrong_stage", "known, and too early"
    await world.act(world.judge, ActKind.IDENTIFY, world.zhao, identity=IdentityState.DOUBTED)
    assert await refused(say(world.zhao.actor, world.id, said)) == "hearing.identity_doubted"
    await owed(world.house, CALLED, ACTED)
    lines = [one.text for one in (await Scribe(world).seen(world.clerk)).entries]
    assert lines == ["书记员周书核对被告赵敏：身份核对无误。", "审判员陈明核对被告赵敏：身份存疑。"], (
        "in the minutes, too"
    )


# --- signing


async def test_an_undertaking_is_signed_by_a_witness_who_is_known(world: World) -> None:
    """By their account, or by the court, which asks them when they come; the record says by which."""
    await world.come(world.judge, world.clerk, world.witness)
    assert await refused(world.undertake(world.witness, SIGNATURE)) == "verification.required"
    await world.act(world.clerk, ActKind.IDENTIFY, world.witness, identity=IdentityState.DOUBTED)
    assert await refused(world.undertake(world.witness, SIGNATURE)) == "hearing.identity_doubted"
    await world.act(world.clerk, ActKind.IDENTIFY, world.witness, identity=IdentityState.CONFIRMED)
    await world.undertake(world.witness, SIGNATURE)
    await owed(world.house, CALLED, ACTED)
    assert "证人孙证签署保证书（身份经核对）" in [one.body["text"] for one in await world.lines(world.wang)]


async def test_minutes_are_signed_by_people_who_are_known(world: World) -> None:
    """A witness whom neither account nor court knows may refuse to sign, and may not sign."""
    scribe = await to_be_signed(world)
    assert (await scribe.seen(world.witness)).proof_wanted, "told before they draw a signature"
    assert not (await scribe.seen(world.zhao)).proof_wanted, "no proof lifts the doubt of a court"
    assert await refused(scribe.sign(world.witness)) == "verification.required"
    await scribe.refuse(world.witness, "我要先问律师")
    await prove(world, world.witness)
    assert not (await scribe.seen(world.witness)).proof_wanted
    await scribe.sign(world.witness)
    for person in (world.wang, world.li, world.clerk, world.judge):
        if person is world.clerk:
            assert await refused(scribe.sign(world.zhao)) == "hearing.identity_doubted"
            await scribe.refuse(world.clerk, "身份存疑，未能签名", whose=world.zhao)
        await scribe.sign(person)
    await scribe.effects()
    signers = {one.user_id: one for one in (await scribe.seen(world.judge)).signers}
    assert signers[world.witness.id].identity is IdentityBasis.VERIFIED
    assert signers[world.wang.id].identity is IdentityBasis.CHECKED
    assert (signers[world.zhao.id].state, signers[world.zhao.id].identity) == (SigningState.REFUSED, None)
    assert signers[world.judge.id].identity is None, "the operator made the account"
    query = MessageListQuery(after_seq=0, limit=200)
    page = await world.house.services.messages.page(world.judge.actor, world.space, query)
    texts = [one.body.get("text") for one in page.items]
    assert "证人孙证在笔录上签名（已实名认证）" in texts
    assert "原告王晓在笔录上签名（身份经核对）" in texts


async def to_be_signed(world: World) -> Scribe:
    """Minutes that wait for signatures; the court has come to doubt who the defendant is."""
    for person, kind in ((world.wang, PERSON), (world.li, LAWYER), (world.zhao, PERSON)):
        await prove(world, person, kind)
    await world.begin(HearingStage.OPENING, HearingStage.INVESTIGATION)
    scribe = Scribe(world)
    await world.act(world.judge, ActKind.WITNESS, world.witness, on=True)
    await scribe.write("我看见王晓把钱交给赵敏。", world.witness)
    await world.act(world.judge, ActKind.IDENTIFY, world.zhao, identity=IdentityState.DOUBTED)
    for stage in (HearingStage.DEBATE, HearingStage.FINAL, HearingStage.CLOSED):
        await world.act(world.judge, ActKind.STAGE, stage=stage)
    await scribe.move(MinutesState.READING)
    await scribe.move(MinutesState.FINAL)
    await prove(world, world.wang, days=-1)  # the court's word is left
    return scribe


# --- filing


async def test_evidence_before_the_court_comes_from_somebody_known(place: ReadingWorld, world: World) -> None:
    """In the hearing's space it is submitted; handing papers to one's own lawyer asks nobody."""
    evidence = world.house.services.evidence

    async def submit(space_id: str) -> None:
        body = EvidenceBody(file_id=await place.photo(world.wang, space_id))
        ticket = Intent(world.wang.id, "POST /evidence", new_id(), "hash")
        await evidence.list_file(world.wang.actor, space_id, body, ticket)

    await submit(world.case)
    assert await refused(submit(world.space)) == "verification.required"
    await world.come(world.judge, world.clerk, world.wang)
    await world.act(world.clerk, ActKind.IDENTIFY, world.wang, identity=IdentityState.CONFIRMED)
    await submit(world.space)


async def test_originals_are_signed_for_by_somebody_known(place: ReadingWorld, world: World) -> None:
    evidence = world.house.services.evidence
    body = EvidenceBody(file_id=await place.photo(world.wang, world.case))
    ticket = Intent(world.wang.id, "POST /evidence", new_id(), "hash")
    entry = await evidence.list_file(world.wang.actor, world.case, body, ticket)
    await evidence.move_original(world.li.actor, entry.id, MovementBody(kind=MovementKind.RECEIVED))
    assert await refused(evidence.sign(world.wang.actor, entry.id)) == "verification.required"
    await prove(world, world.wang)
    assert (await evidence.sign(world.wang.actor, entry.id)).originals[0].signed_at is not None


async def test_case_elements_are_saved_by_a_verified_lawyer(place: ReadingWorld) -> None:
    house = place.house
    owner, counsel = await client(house), await lawyer(house)
    space_id = await space_of(house, owner, counsel)
    book, elements = house.services.case_elements, CaseElements.model_validate(WHOLE)
    assert await refused(book.put(counsel.actor, space_id, elements)) == "verification.required"
    until = house.core.clock() + timedelta(days=1)
    await house.database.users.update_one({"_id": counsel.id}, {"$set": {"verified_until.lawyer": until}})
    assert (await book.put(counsel.actor, space_id, elements)).elements == elements
