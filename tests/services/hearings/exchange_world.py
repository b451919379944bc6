"""What people do in an asynchronous hearing, in few words."""

from typing import Any

from schemas.api.asynchronous import (
    AsynchronousChoice,
    QuestionBody,
    StageOpening,
    TurnBody,
    TurnView,
)
from schemas.api.hearings import HearingView
from schemas.hearing_enums import HearingStage
from services.ids import new_id
from tests.house import Person
from tests.services.hearings.hearing_world import World


async def choose(world: World, by: Person, action: str, reason: str | None = None) -> HearingView:
    body = AsynchronousChoice.model_validate({"action": action, "reason": reason})
    return await world.house.services.exchanges.choose(by.actor, world.id, body)


async def move(world: World, stage: HearingStage, **more: Any) -> HearingView:
    body = StageOpening.model_validate({"stage": stage, **more})
    return await world.house.services.exchanges.move(world.judge.actor, world.id, body)


async def begin(world: World, *stages: HearingStage) -> HearingView:
    for person in (world.li, world.zhao):
        await choose(world, person, "agree")
    for stage in stages:
        await move(world, stage)
    return await world.seen(world.judge)


async def say(world: World, by: Person, text: str | None, **more: Any) -> TurnView:
    body = TurnBody.model_validate({"client_turn_id": new_id(), "text": text, **more})
    return await world.house.services.turns.say(by.actor, world.id, body)


async def ask(world: World, to: Person, text: str, hours: int) -> TurnView:
    body = QuestionBody(client_turn_id=new_id(), user_id=to.id, text=text, hours=hours)
    return await world.house.services.turns.ask(world.judge.actor, world.id, body)
