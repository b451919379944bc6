"""Applications on a database of their own, with the sandbox as the provider and a reader that says what it is told."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import urllib3

from ocr import Field, Line, PageInfo, Reading
from schemas.api.verifications import PaperBody, SubmitBody, VerificationBody, VerificationView
from schemas.credit_codes import check_character
from schemas.reading_enums import ReadingKind
from schemas.verification_enums import VerificationKind
from server.settings import Settings
from server.wiring import House
from server.wiring.files import build_files
from server.wiring.verification import Verifying, build_verification
from services.readings.reading_queue import ReadingQueue
from services.readings.reading_seals import ReadingSeals
from tests.house import Person, open_house
from tests.services.files.world import post_form
from tests.services.notices_world import HeldClock
from tests.services.readings.reading_world import NAME_AT, NUMBER_AT, ToldReader, picture

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NAME = "王晓"


def id_number(born: date = date(1990, 3, 7)) -> str:
    """A lawful one that no other test has."""
    first = f"110101{born:%Y%m%d}{secrets.randbelow(1000):03d}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]


def credit_code() -> str:
    first = "91310000" + "".join(secrets.choice("0123456789ABCDEFGH") for _ in range(9))
    return first + check_character(first)


def card(number: str, name: str = NAME) -> dict[str, str]:
    """What somebody of 36 years reads on a card that was issued at 30."""
    return {"name": name, "id_number": number, "valid_from": "2020-06-01", "valid_to": "2040-06-01"}


def licence(**other: str) -> dict[str, str]:
    number = f"13101201010{secrets.randbelow(10**6):06d}"
    values = {"name": "李敏", "licence_number": number, "firm": "明理律师事务所", "issued_on": "2026-03-01"}
    return values | other


def paper(kind: str, **fields: str) -> Reading:
    """As the reader would give it."""
    found = {name: Field(value, 0.98, False, NAME_AT, 0) for name, value in fields.items()}
    return Reading(kind, 0.98, found, [Line("一行", 0.99, NUMBER_AT)], [PageInfo(500, 320)], engine="told")


@dataclass
class VerificationWorld:
    house: House
    clock: HeldClock
    reader: ToldReader
    queue: ReadingQueue
    verifying: Verifying

    async def begin(self, person: Person, kind: VerificationKind = VerificationKind.PERSON) -> VerificationView:
        version = self.verifying.verifications.consent_text(kind).version
        return await self.verifying.verifications.begin(
            person.actor, VerificationBody(kind=kind, consent_version=version)
        )

    async def photo(self, person: Person, verification_id: str, kind: ReadingKind) -> VerificationView:
        content = picture()
        body = PaperBody(name="证件.png", content_type="image/png", size=len(content), paper=kind)
        begun = await self.verifying.verifications.add_paper(person.actor, verification_id, body)
        status, said = await post_form(self.house.blobs.inside_url, begun.upload.fields, content)
        assert status in (200, 204), said
        return await self.verifying.verifications.complete_paper(person.actor, verification_id, kind, begun.file_id)

    async def read(self, verification_id: str, answer: Reading | str) -> None:
        """Read the photo of this application that waits; what other tests have left waiting is not read."""
        others = {"state": "queued", "space_id": {"$ne": verification_id}}
        await self.house.database.readings.update_many(others, {"$set": {"state": "withdrawn"}})
        self.reader.answers.append(answer)
        assert await self.queue.tick()

    async def submit(
        self, person: Person, verification_id: str, fields: dict[str, str], *, face: bool = False
    ) -> VerificationView:
        """Confirm, and let the worker do what is owed."""
        body = SubmitBody(fields=fields, face=face)
        await self.verifying.verifications.submit(person.actor, verification_id, body)
        await self.work(verification_id)
        return await self.verifying.verifications.get(person.actor, verification_id)

    async def verify(self, person: Person, fields: dict[str, str]) -> VerificationView:
        """The whole way of a person."""
        begun = await self.begin(person)
        for kind in (ReadingKind.ID_CARD_FRONT, ReadingKind.ID_CARD_BACK):
            await self.photo(person, begun.id, kind)
        return await self.submit(person, begun.id, fields)

    async def work(self, verification_id: str) -> None:
        effects = self.verifying.effects()
        where = {"subject": f"verification:{verification_id}", "state": "pending"}
        while rows := await self.house.database.outbox.find(where).sort("created_at", 1).to_list():
            for row in rows:
                await effects[row["kind"]](row)
                await self.house.database.outbox.update_one({"_id": row["_id"]}, {"$set": {"state": "done"}})

    async def control(self, path: str, body: dict[str, Any]) -> None:
        """What a tester tells the sandbox."""
        url = f"{self.house.settings.sandbox_url}/control/{path}"
        answer = await asyncio.to_thread(urllib3.request, "POST", url, json=body)
        assert answer.status in (200, 201), answer.data

    async def stored(self, verification_id: str) -> dict[str, Any]:
        found = await self.house.database.verifications.find_one({"_id": verification_id})
        assert found is not None
        return dict(found)


@asynccontextmanager
async def open_verifications(settings: Settings) -> AsyncIterator[VerificationWorld]:
    clock = HeldClock()
    async with open_house(settings, clock) as house:
        core, reader = house.core, ToldReader()
        rooms = build_files(core)
        queue = ReadingQueue(
            core.database,
            rooms.store,
            reader,
            ReadingSeals(core.vault),
            core.audit,
            core.outbox,
            core.tally_reading,
            clock,
        )
        verifying = build_verification(core, rooms, reader, house.services.notices)
        yield VerificationWorld(house, clock, reader, queue, verifying)
