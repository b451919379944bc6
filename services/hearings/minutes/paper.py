"""The minutes on paper: the text that was signed, laid out as courts do, with the signatures drawn in, sealed."""

import base64
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from schemas.api.base import CHINA
from schemas.documents.minutes import EditionDocument, SignatureDocument
from schemas.documents.spaces import FileDocument
from schemas.hearing_enums import AbsenceCause, HearingKind, HearingRole, IdentityState
from schemas.minutes_enums import SigningState
from schemas.verification_enums import IdentityBasis
from services.files.made_files import MadeFiles
from services.hearings.court import Seat
from services.hearings.journal import ABSENCES, BASES, IDENTITIES
from services.hearings.minutes.drafting import named
from services.hearings.minutes.sheet import Sheet, signature_of, signers
from services.papers.papers import Papers, minute
from services.papers.seals import PaperSeal

_CHECKED = (HearingRole.PARTY, HearingRole.COUNSEL, HearingRole.WITNESS)


class MinutesPaper:
    def __init__(self, papers: Papers, seal: PaperSeal, files: MadeFiles) -> None:
        self._papers = papers
        self._seal = seal
        self._files = files

    async def make(self, sheet: Sheet, text: Mapping[str, Any]) -> FileDocument:
        """The sealed PDF as a file of the hearing's space, not written yet. Raises ``server.unavailable``."""
        edition = sheet.edition
        if edition is None:
            raise ValueError("nothing is fixed yet")
        made = await self._papers.pdf("minutes.html", await self._values(sheet, edition, text))
        sealed = await self._seal.seal(made, f"{text['title']} {edition['sha256'][:16]}")
        return await self._files.make(sheet.hearing["space_id"], f"{text['title']}.pdf", "application/pdf", sealed)

    async def _values(self, sheet: Sheet, edition: EditionDocument, text: Mapping[str, Any]) -> dict[str, Any]:
        speaking = {one["speaker_id"] for one in text["entries"] if one["speaker_id"]}
        return {
            "text": {**text, "people": [{**one, "standing": _standing(one)} for one in text["people"]]},
            "began": _minute(text["began_at"]),
            "ended": _minute(text["ended_at"]),
            "shows_public": sheet.court.kind is HearingKind.COURT,
            "parts": [
                {"title": title, "entries": list(entries)}
                for title, entries in groupby(text["entries"], key=lambda entry: entry["stage_title"])
            ],
            "signers": [await self._signer(sheet, edition, seat) for seat in signers(sheet.court, speaking)],
            "sha256": edition["sha256"],
        }

    async def _signer(self, sheet: Sheet, edition: EditionDocument, seat: Seat) -> dict[str, str | None]:
        signature = signature_of(edition, seat.user_id)
        drawn = await self._drawn(signature["file_id"]) if signature else None
        return {
            "name": named(sheet.court, seat),
            "drawn": drawn,
            "undertaking": await self._drawn(seat.undertaking_file),
            "said": _said(sheet, edition, signature),
            "at": minute(signature["at"]) if signature else "",
            "basis": _basis(signature),
            "part": edition["parts"].get(seat.user_id),
        }

    async def _drawn(self, file_id: str | None) -> str | None:
        if file_id is None:
            return None
        return f"data:image/png;base64,{base64.b64encode(await self._files.read(file_id)).decode()}"


def _said(sheet: Sheet, edition: EditionDocument, signature: SignatureDocument | None) -> str:
    """What stands where a signature would."""
    if signature is None:
        return "未到庭"
    if signature["state"] == SigningState.SIGNED or signature["reason"] is None:
        return ""
    reason = sheet.open(signature["reason"], f"refusal:{edition['number']}:{signature['user_id']}")
    noted = "经记明，" if signature["noted_by"] else ""
    return f"{noted}拒绝签名，理由：{reason}"


def _basis(signature: SignatureDocument | None) -> str:
    """What it rests on that who signed is who they say."""
    return BASES[IdentityBasis(signature["identity"])] if signature and "identity" in signature else ""


def _standing(person: Mapping[str, Any]) -> str:
    """Who was there, and whether they are who they say."""
    if person["absence"]:
        return ABSENCES[AbsenceCause(person["absence"])]
    return IDENTITIES[IdentityState(person["identity"])] if person["role"] in _CHECKED else ""


def _minute(utc: str | None) -> str | None:
    """``2026年11月22日 09:30`` in China's time."""
    return f"{datetime.fromisoformat(utc).astimezone(CHINA):%Y年%-m月%-d日 %H:%M}" if utc else None
