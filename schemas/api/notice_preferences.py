"""How a person wants to be told, and the e-mail address that notices may go to."""

from typing import Annotated

from pydantic import Field

from schemas.api.base import Body, Email, Flag, View
from schemas.enums import NoticeChannel, NoticeKind

ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="HH:MM in China's time")]


class QuietHours(Body):
    """From ``start`` to ``end`` nothing but what is urgent goes outside the app; over midnight when it ends earlier."""

    start: ClockTime
    end: ClockTime


class NoticePreferencesBody(Body):
    """All of it; what is left out goes back to the default. In the app everything is told always."""

    channels: dict[NoticeChannel, Flag] = {}
    muted: list[NoticeKind] = Field(default=[], max_length=100, description="Kinds that are told in the app only")
    quiet_hours: QuietHours | None = None


class NoticePreferencesView(View):
    channels: dict[NoticeChannel, bool]
    muted: list[NoticeKind]
    quiet_hours: QuietHours | None
    email_masked: str | None


class EmailBody(Body):
    email: Email


class EmailCodeBody(Body):
    code: str = Field(pattern=r"^\d{6}$")
