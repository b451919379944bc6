"""A whole process in the test's own loop, on a database of its own, with people and a space to work with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from schemas.api.messages import MessageSendBody, MessageView
from schemas.enums import IdentityKind, Role
from server.settings import Settings
from server.web import Web
from server.wiring import House, build
from services.actors import Actor
from services.clock import Clock, utc_now
from services.identity.origins import Origin
from services.identity.people import NewClient
from services.ids import new_id
from services.spaces.spaces import NewMember
from services.storage import indexes

HERE = Origin("test device", "127.0.0.1", "test-request")


@asynccontextmanager
async def open_house(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[House]:
    """A process that is wired and migrated; its database is dropped by the harness."""
    house = build(settings, clock=clock)
    try:
        await indexes.apply(house.database)
        yield house
    finally:
        await house.close()


@asynccontextmanager
async def open_doors(house: House) -> AsyncIterator[str]:
    """Serve HTTP and sockets; the base URL."""
    web = Web(house)
    await web.start()
    try:
        yield f"http://127.0.0.1:{web.port}"
    finally:
        await web.stop()


@dataclass(frozen=True)
class Person:
    actor: Actor
    token: str

    @property
    def id(self) -> str:
        return self.actor.user_id


async def client(house: House, name: str = "王晓") -> Person:
    """A client who is signed in."""
    openid = f"openid-{new_id()}"
    user_id = await house.services.accounts.ensure_client(NewClient(openid=openid, display_name=name))
    return await signed_in(house, user_id)


async def lawyer(house: House, name: str = "李律师", role: Role = Role.LAWYER) -> Person:
    """A member of staff who is signed in."""
    made = await house.staff.create(f"login-{new_id()}", name, [role], password="correct horse battery")
    return await signed_in(house, made.user_id)


async def signed_in(house: House, user_id: str) -> Person:
    user = await house.database.users.find_one({"_id": user_id})
    assert user is not None
    opened = await house.services.sessions.open(user, HERE, IdentityKind.STAFF)
    return Person(await house.services.sessions.authenticate(opened.access_token), opened.access_token)


async def space_of(house: House, *people: Person, title: str = "测试案件") -> str:
    """A space whose members are these people, each with their first role."""
    space_id = new_id()
    members = [
        NewMember(p.id, sorted(p.actor.roles)[0], (await house.services.accounts.me(p.actor)).display_name)
        for p in people
    ]

    async def work(session: Any) -> None:
        await house.vault.new_key(f"space:{space_id}", session)
        await house.services.spaces.create(session, space_id=space_id, order_id=new_id(), title=title, members=members)

    await house.database.transaction(work)
    await house.services.spaces.announce(space_id, joined=[p.id for p in people])
    return space_id


async def say(house: House, person: Person, space_id: str, text: str, client_msg_id: str | None = None) -> MessageView:
    body = MessageSendBody(client_msg_id=client_msg_id or new_id(), type="text", body={"text": text})
    return (await house.services.messages.send(person.actor, space_id, body)).view()
