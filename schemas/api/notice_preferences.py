"""How a person wants to be told, and the e-mail address that notices may go to."""

from typing import Annotated

from pydantic import Field

from schemas.api.base import Body, View
from schemas.enums import NoticeChannel, NoticeKind

ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="HH:MM in China's time")]
Email = Annotated[
    str,
    # What every mail server takes (RFC 5321, 4.1.2, without quoting); whether it exists a code will show.
    Field(max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$"),
]


class QuietHours(Body):
    """From ``start`` to ``end`` nothing but what is urgent goes outside the app; over midnight when it ends earlier."""

    start: ClockTime
    end: ClockTime


class NoticePreferencesBody(Body):
    """All of it; what is left out goes back to the default. In the app everything is told always."""

    channels: dict[NoticeChannel, bool] = {}
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
