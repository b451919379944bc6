"""The tester's side of people: tokens, users' messages and presence, opinions of their content."""

from typing import Literal

from pydantic import Field

from miniprogram_api.sandbox.control import ControlBody, ControlHandler


class TokenBody(ControlBody):
    action: Literal["revoke", "expire"]


class ActBody(ControlBody):
    openid: str
    kind: Literal["message", "enter"] = "message"
    text: str = Field("你好", max_length=2000)


class SeenBody(ControlBody):
    openid: str
    minutes_ago: float = Field(0.0, ge=0, le=100_000)


class RuleBody(ControlBody):
    contains: str = Field(min_length=1, max_length=200)
    suggest: Literal["pass", "review", "risky"]
    label: int | None = None


class UnreachableBody(ControlBody):
    phone: str = Field(max_length=20)
    code: str | None = Field("UNDELIV", max_length=40)


class Unreachable(ControlHandler):
    """Whether SMS and calls to a phone arrive; what was sent before is reported as it was."""

    def post(self) -> None:
        body = self.read(UnreachableBody)
        if body is not None:
            self.world.people.make_unreachable(body.phone, body.code)
            self.send({"phone": body.phone, "code": body.code})


class AccessToken(ControlHandler):
    def post(self) -> None:
        body = self.read(TokenBody)
        if body is None:
            return
        if body.action == "revoke":
            self.world.tokens.revoke()
        else:
            self.world.tokens.expire()
        self.send({"done": body.action})


class CustomerMessages(ControlHandler):
    """What users write to customer service, and what they got."""

    def get(self) -> None:
        self.send({"items": self.world.desk.messages(self.argument("openid"))})

    async def post(self) -> None:
        body = self.read(ActBody)
        if body is not None and self.known(body.openid):
            await self.world.desk.user_acts(body.openid, body.kind, body.text)
            self.send({"openid": body.openid, "kind": body.kind}, 201)

    def delete(self) -> None:
        """Let the window of ``?openid=`` run out."""
        self.world.desk.close(self.argument("openid") or "")
        self.set_status(204)
        self.finish()


class Activity(ControlHandler):
    """When a user was last in the mini-program."""

    def post(self) -> None:
        body = self.read(SeenBody)
        if body is not None and self.known(body.openid):
            self.world.content.seen(body.openid, body.minutes_ago * 60)
            self.send({"openid": body.openid, "active": self.world.content.active(body.openid)})


class ContentRules(ControlHandler):
    """What the content check finds, and what it found."""

    def get(self) -> None:
        self.send({"items": self.world.content.rules(), "checks": self.world.content.checks()})

    def post(self) -> None:
        body = self.read(RuleBody)
        if body is not None:
            self.send({"id": self.world.content.add_rule(body.contains, body.suggest, body.label)}, 201)

    def delete(self) -> None:
        self.world.content.clear_rules()
        self.set_status(204)
        self.finish()
