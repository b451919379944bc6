"""A hearing as a calendar file (RFC 5545), which phones put into their own calendar. No I/O."""

from datetime import UTC, datetime, timedelta

from schemas.documents.hearings import HearingDocument

LINE_BYTES = 75  # RFC 5545, 3.1: longer lines are folded, and no character is cut
_PRODUCT = "-//Case Space//Hearings//ZH"
_ALARM = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT30M", "DESCRIPTION:移动庭审", "END:VALARM")


def calendar(document: HearingDocument, url: str, now: datetime) -> bytes:
    """One event with a reminder half an hour before. ``url`` is the hearing's page. Names nobody.

    A calendar that has the event already puts the one with the higher SEQUENCE in its place (RFC 5545, 3.8.7.4), and
    takes out one that comes by METHOD:CANCEL (RFC 5546, 3.2.5).
    """
    start = document["starts_at"]
    cancelled = "cancelled_at" in document
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:hearing-{document['_id']}@casespace",
        f"SEQUENCE:{document.get('sequence', 0) + cancelled}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"DTSTAMP:{_stamp(now)}",
        f"DTSTART:{_stamp(start)}",
        f"DTEND:{_stamp(start + timedelta(minutes=document['minutes']))}",
        f"SUMMARY:{_escaped('移动庭审：' + document['title'])}",
        f"DESCRIPTION:{_escaped('请提前十分钟进入候审室并完成设备自测。' + url)}",
        f"URL:{url}",
        *(() if cancelled else _ALARM),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """RFC 5545, 3.3.11."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(line: str) -> bytes:
    parts: list[bytes] = []
    part = b""
    for character in line:
        more = character.encode()
        if len(part) + len(more) > (LINE_BYTES if not parts else LINE_BYTES - 1):
            parts.append(part)
            part = b""
        part += more
    return b"\r\n ".join([*parts, part])
