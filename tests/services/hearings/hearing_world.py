"""A case with its people, and a hearing called in it."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from schemas.api.hearings import HearingBody, HearingView
from schemas.api.messages import MessageListQuery, MessageView
from schemas.api.undertakings import UndertakingBody
from schemas.enums import MessageType, Role
from schemas.hearing_enums import ActKind, HearingKind, HearingStage, IdentityState
from server.wiring import House
from services.errors import Problem
from tests.house import Person, client, lawyer, space_of


@dataclass(frozen=True)
class World:
    """``wang`` sues with ``li`` as counsel; ``zhao`` is sued; ``judge`` and ``clerk`` are the bench."""

    house: House
    wang: Person
    li: Person
    zhao: Person
    judge: Person
    clerk: Person
    witness: Person
    case: str
    id: str
    space: str

    @property
    def everybody(self) -> list[Person]:
        return [self.judge, self.clerk, self.wang, self.li, self.zhao, self.witness]

    async def come(self, *people: Person) -> HearingView:
        """In by the door, with the discipline accepted."""
        hearings = self.house.services.hearings
        for person in people:
            ticket = (await hearings.ticket(person.actor, self.id)).ticket
            await hearings.join(person.actor, self.id, ticket)
            await self.act(person, ActKind.ACCEPT)
        return await self.seen(self.judge)

    async def admit(self, *people: Person) -> None:
        for person in people:
            await self.act(self.clerk, ActKind.ADMIT, person)
            await self.act(self.clerk, ActKind.IDENTIFY, person, identity=IdentityState.CONFIRMED)

    async def begin(self, *stages: HearingStage) -> HearingView:
        """Everybody is there and identified; the court has come to the last of these stages."""
        await self.come(*self.everybody)
        await self.admit(self.wang, self.li, self.zhao)
        for stage in stages:
            await self.act(self.judge, ActKind.STAGE, stage=stage)
        return await self.seen(self.judge)

    async def act(self, by: Person, kind: ActKind, target: Person | None = None, **more: Any) -> HearingView:
        return await self.house.services.hearings.act(by.actor, self.id, kind, target.id if target else None, **more)

    async def undertake(self, by: Person, png: str, sha256: str | None = None) -> HearingView:
        """Sign the undertaking of a witness (保证书)."""
        text = (await self.seen(by)).undertaking
        body = UndertakingBody(sha256=sha256 or (text.sha256 if text else "0" * 64), png=png)
        return await self.house.services.undertakings.sign(by.actor, self.id, body)

    async def seen(self, by: Person) -> HearingView:
        return await self.house.services.hearings.get(by.actor, self.id)

    async def entries(self, by: Person, space_id: str | None = None) -> list[MessageView]:
        """What somebody reads in the hearing's own space, or in another."""
        query = MessageListQuery(after_seq=0, limit=200)
        return (await self.house.services.messages.page(by.actor, space_id or self.space, query)).items

    async def lines(self, by: Person) -> list[MessageView]:
        """The lines of the system in the hearing's own space: what the court and everybody did."""
        return [one for one in await self.entries(by) if one.type == MessageType.NOTICE]

    async def card(self, by: Person, space_id: str) -> list[tuple[str, str | None]]:
        """State and text of the hearing's card, and of each of its updates."""
        found = await self.entries(by, space_id)
        shown = next(one for one in found if one.type == MessageType.CARD and one.body["kind"] == "hearing")
        assert shown.body["ref"] == {"hearing_id": self.id}
        later = [one for one in found if one.type == MessageType.CARD_UPDATE and one.body["seq"] == shown.seq]
        return [(one.body["state"], one.body.get("text")) for one in (shown, *later)]


def body(house: House, participants: list[dict[str, Any]], **fields: Any) -> HearingBody:
    given = {
        "title": "王晓诉赵敏借款合同纠纷",
        "kind": HearingKind.COURT,
        "starts_at": house.core.clock() + timedelta(days=2),
        "participants": participants,
    }
    return HearingBody.model_validate({**given, **fields})


async def called(house: House, *, witnesses: Sequence[Person] = (), **fields: Any) -> World:
    """``witnesses``: beside the one whom every world has."""
    wang, zhao, witness = await client(house), await client(house, "赵敏"), await client(house, "孙证")
    li = await lawyer(house)
    judge, clerk = await lawyer(house, "陈明", Role.PRESIDER), await lawyer(house, "周书", Role.CLERK)
    case = await space_of(house, wang, li)
    participants: list[dict[str, Any]] = [
        {"user_id": judge.id, "role": "presider"},
        {"user_id": clerk.id, "role": "clerk"},
        {"user_id": wang.id, "role": "party", "side": "原告"},
        {"user_id": li.id, "role": "counsel", "side": "原告"},
        {"user_id": zhao.id, "role": "party", "side": "被告"},
        *({"user_id": one.id, "role": "witness"} for one in (witness, *witnesses)),
    ]
    view = await house.services.hearings.schedule(li.actor, case, body(house, participants, **fields))
    return World(house, wang, li, zhao, judge, clerk, witness, case, view.id, view.space_id)


async def owed(house: House, *kinds: str) -> None:
    """Run what the outbox owes of hearings, each row twice, as after a crash."""
    effects = {kind: effect for kind, effect in house.worker._effects.items() if kind in kinds}
    wanted = {"kind": {"$in": list(effects)}, "state": "pending", "due_at": {"$lte": house.core.clock()}}
    async for row in house.database.outbox.find(wanted).sort("_id", 1):
        await effects[row["kind"]](row)
        await effects[row["kind"]](row)
        await house.database.outbox.update_one({"_id": row["_id"]}, {"$set": {"state": "done"}})


async def refusal(work: Awaitable[object]) -> str:
    """The code with which it is refused."""
    with pytest.raises(Problem) as refused:
        await work
    return refused.value.code
