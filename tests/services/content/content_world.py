"""A whole process with a sandbox of its own that looks at what people write, and a space with two clients and staff."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tornado.httpclient import AsyncHTTPClient

from schemas.api.files import FileBegin
from schemas.api.messages import MessageListQuery, MessageSendBody, MessageView
from schemas.documents.content import ContentCheckDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.enums import Role
from server.settings import Settings
from server.wiring import House
from server.wiring.content import Content, build_content
from services.identity.people import NewClient
from services.ids import new_id
from tests.house import Person, lawyer, open_doors, open_house, say, signed_in, space_of
from tests.services.files.world import post_form
from tests.services.media_samples import picture
from tests.services.notices_world import HeldClock


@dataclass
class World:
    house: House
    content: Content
    clock: HeldClock
    sandbox: str
    sender: Person
    openid: str
    other: Person
    lawyer: Person
    reviewer: Person
    space: str
    faults: list[str] = field(default_factory=list)

    async def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = await AsyncHTTPClient().fetch(
            f"{self.sandbox}/control/{path}",
            method=method,
            body=json.dumps(body) if body is not None else None,
            allow_nonstandard_methods=True,
        )
        return json.loads(answer.body) if answer.body else None

    async def say(self, text: str, person: Person | None = None) -> MessageView:
        """Send a text and have it noted, as the follower does."""
        message = await say(self.house, person or self.sender, self.space, text)
        await self.follow(message.seq)
        return message

    async def show_picture(self) -> tuple[MessageView, str]:
        """Send a picture; its message and the file's id."""
        files, data = self.house.services.files, picture()
        body = FileBegin(name="photo.jpg", content_type="image/jpeg", size=len(data))
        begun = await files.begin(self.sender.actor, self.space, body)
        status, _ = await post_form(begun.upload.url, dict(begun.upload.fields), data)
        assert status in (200, 201, 204)
        await files.complete(self.sender.actor, begun.file_id)
        image = MessageSendBody(client_msg_id=new_id(), type="image", body={"file_id": begun.file_id})
        message = (await self.house.services.messages.send(self.sender.actor, self.space, image)).view()
        await self.follow(message.seq)
        return message, begun.file_id

    async def follow(self, seq: int) -> None:
        entry = await self.house.database.entries.find_one({"_id": {"space": self.space, "seq": seq}})
        assert entry is not None
        await self.content.checks.follow([entry])

    async def work(self) -> None:
        """What the worker does in a second: ask about what is due, then run the effects."""

        def report(row: OutboxDocument, fault: Exception, parked: bool) -> None:
            self.faults.append(f"{row['kind']}: {fault!r}")

        await self.content.checks.tick()
        await self.house.core.outbox.run_due(_only_content(self), report)

    async def check(self, seq: int) -> ContentCheckDocument:
        found = await self.house.database.content_checks.find_one({"_id": f"{self.space}-{seq}"})
        assert found is not None
        return found

    async def becomes(self, seq: int, state: str) -> ContentCheckDocument:
        """Wait for WeChat's push about a medium."""
        for _ in range(100):
            check = await self.check(seq)
            if check["state"] == state:
                return check
            await asyncio.sleep(0.05)
        raise AssertionError(f"{check['state']} ({check.get('cause')}) did not become {state} in 5 s")

    async def seen(self, person: Person, seq: int) -> MessageView:
        """A message as somebody's list shows it now."""
        page = await self.house.services.messages.page(person.actor, self.space, MessageListQuery(limit=200))
        return next(item for item in page.items if item.seq == seq)

    async def notices_about(self, seq: int) -> list[str]:
        """Codes of the space's own lines about a message, in order."""
        page = await self.house.services.messages.page(self.other.actor, self.space, MessageListQuery(limit=200))
        return [item.body["code"] for item in page.items if item.type == "notice" and item.body.get("seq") == seq]

    async def actions(self) -> list[str]:
        """The audit trail of the space, as far as it is about content."""
        rows = self.house.database.audit.find({"subject": f"space:{self.space}"}).sort("_id", 1)
        return [row["action"] async for row in rows if row["action"].startswith("content.")]


def _only_content(world: World) -> Any:
    """The effects of content; what else is owed in this process is nobody's business here."""

    async def nothing(row: OutboxDocument) -> None:
        """Owed to another theme."""

    kinds = {"content.changed", "notice.outside", "file.completed"}
    return dict.fromkeys(kinds, nothing) | world.content.holds.effects()


@asynccontextmanager
async def open_world(settings: Settings, sandbox: str) -> AsyncIterator[World]:
    """``settings`` name the port at which the sandbox reaches this process."""
    clock = HeldClock()
    async with open_house(settings, clock) as house, open_doors(house):
        content = build_content(house.core, house.services.accounts, house.services.notices)
        world = World(house, content, clock, sandbox, *(None,) * 6)  # type: ignore[arg-type]
        known = await world.control("POST", "users", {"phone": "13800000001", "nickname": "王晓"})
        world.openid = known["openid"]
        await world.control("POST", "activity", {"openid": world.openid})
        new = NewClient(openid=world.openid, display_name="王晓")
        world.sender = await signed_in(house, await house.services.accounts.ensure_client(new))
        beside = NewClient(phone="13800000002", display_name="王大")
        world.other = await signed_in(house, await house.services.accounts.ensure_client(beside))
        world.lawyer = await lawyer(house)
        world.reviewer = await lawyer(house, "审核员", Role.REVIEWER)
        world.space = await space_of(house, world.sender, world.other, world.lawyer)
        yield world
