"""A hearing whose minutes are written: what the people of it do with them, in few words."""

import base64
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from schemas.api.minutes import (
    EntryBody,
    EntryChange,
    EntryView,
    HeadChange,
    MinutesMove,
    MinutesView,
    ObjectionAnswer,
    ObjectionBody,
    RefusalBody,
    SignatureBody,
)
from schemas.hearing_enums import ActKind, HearingStage
from schemas.minutes_enums import EntryKind, MinutesState
from server.wiring import House
from services.hearings.docket import ACTED
from services.hearings.minutes.minutes import Minutes
from services.hearings.scheduling import CALLED
from services.ids import new_id
from tests.house import Person
from tests.services.hearings.hearing_world import World, called, owed

STEPS = tuple(
    f"minutes.{step}"
    for step in ("sent", "recalled", "objected", "answered", "finished", "reopened", "signed", "refused")
)


def drawn(colour: str = "black", size: tuple[int, int] = (600, 240)) -> str:
    """A signature as a phone's canvas gives it: strokes on a transparent ground; PNG in base64."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.line([(40, 60), (200, 180), (260, 50), (420, 190), (560, 80)], fill=colour, width=6)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


SIGNATURE = drawn()


@dataclass(frozen=True)
class Scribe:
    """The minutes of one hearing, and short names for what is done with them."""

    world: World

    @property
    def service(self) -> Minutes:
        return self.world.house.services.minutes

    @property
    def id(self) -> str:
        return self.world.id

    async def seen(self, by: Person) -> MinutesView:
        return await self.service.reading.view(by.actor, self.id)

    async def write(
        self, text: str, speaker: Person | None = None, by: Person | None = None, **fields: Any
    ) -> EntryView:
        kind = EntryKind.SPEECH if speaker else EntryKind.PROCEDURE
        body = {"client_id": new_id(), "kind": kind, "text": text, "speaker_id": speaker.id if speaker else None}
        sent = EntryBody.model_validate({**body, **fields})
        return await self.service.entries.write((by or self.world.clerk).actor, self.id, sent)

    async def change(self, entry: EntryView, by: Person | None = None, **fields: Any) -> EntryView:
        body = EntryChange.model_validate({"revision": entry.revision, **fields})
        return await self.service.entries.change((by or self.world.clerk).actor, self.id, entry.id, body)

    async def object(self, by: Person, entry: EntryView, wanted: str, client_id: str | None = None) -> EntryView:
        body = ObjectionBody(client_id=client_id or new_id(), wanted=wanted)
        return await self.service.reading.object(by.actor, self.id, entry.id, body)

    async def answer(self, entry: EntryView, by: Person | None = None, **fields: Any) -> EntryView:
        body = ObjectionAnswer.model_validate(fields)
        objection = entry.objections[-1].id
        return await self.service.reading.answer((by or self.world.clerk).actor, self.id, objection, body)

    async def move(self, to: MinutesState, by: Person | None = None, reason: str | None = None) -> MinutesView:
        by = by or self.world.judge
        await owed(self.world.house, CALLED, ACTED)
        body = MinutesMove(to=to, version=(await self.seen(self.world.judge)).version, reason=reason)
        return await self.service.reading.move(by.actor, self.id, body)

    async def sign(self, by: Person, sha256: str | None = None, png: str = SIGNATURE) -> MinutesView:
        wanted = sha256 or (await self.seen(by)).sha256 or ""
        return await self.service.signing.sign(by.actor, self.id, SignatureBody(sha256=wanted, png=png))

    async def refuse(self, by: Person, reason: str, whose: Person | None = None) -> MinutesView:
        body = RefusalBody(user_id=whose.id if whose else None, reason=reason)
        return await self.service.signing.refuse(by.actor, self.id, body)

    async def effects(self) -> None:
        await owed(self.world.house, CALLED, ACTED, *STEPS)


async def sitting(house: House, **fields: Any) -> Scribe:
    """A court that sits, with everybody there and the witness waiting outside."""
    world = await called(house, **fields)
    await world.begin(HearingStage.OPENING, HearingStage.INVESTIGATION)
    return Scribe(world)


async def heard(house: House) -> Scribe:
    """A hearing that is over: two sides and a witness have spoken."""
    scribe = await sitting(house)
    world = scribe.world
    await scribe.service.entries.head(world.clerk.actor, scribe.id, HeadChange(tribunal="北京市朝阳区人民法院"))
    await scribe.write("请求判令被告归还借款五万元。", world.wang)
    await scribe.write("钱已经还清了。", world.zhao)
    await world.undertake(world.witness, SIGNATURE)
    await world.act(world.judge, ActKind.WITNESS, world.witness, on=True)
    await scribe.write("我看见王晓把钱交给赵敏。", world.witness)
    for stage in (HearingStage.DEBATE, HearingStage.FINAL, HearingStage.CLOSED):
        await world.act(world.judge, ActKind.STAGE, stage=stage)
    return scribe


async def fixed(house: House) -> Scribe:
    """Minutes that wait for signatures."""
    scribe = await heard(house)
    await scribe.move(MinutesState.READING)
    await scribe.move(MinutesState.FINAL)
    return scribe


async def signed(house: House) -> Scribe:
    """Minutes under which everybody has signed."""
    scribe = await fixed(house)
    world = scribe.world
    for person in (world.wang, world.li, world.zhao, world.witness, world.clerk, world.judge):
        await scribe.sign(person)
    return scribe
