"""A witness signs the undertaking to tell the truth (保证书), drawn on their phone as under the minutes."""

import asyncio
import secrets
from dataclasses import replace

from schemas.api.hearings import HearingView
from schemas.api.undertakings import UndertakingBody
from schemas.hearing_enums import ActKind
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.made_files import MadeFiles
from services.hearings.acts import perform
from services.hearings.docket import Docket, court_of, seat_of
from services.hearings.hearing_effects import Tell
from services.hearings.hearing_views import HearingViews
from services.hearings.minutes.drawings import drawing
from services.hearings.rights import Act
from services.hearings.undertaking_rules import text_sha256
from services.verification.gate import Gate
from services.verification.guarded_acts import GuardedAct


class Undertakings:
    def __init__(
        self, docket: Docket, files: MadeFiles, gate: Gate, views: HearingViews, tell: Tell, clock: Clock = utc_now
    ) -> None:
        self._docket = docket
        self._files = files
        self._gate = gate
        self._views = views
        self._tell = tell
        self._clock = clock

    async def sign(self, actor: Actor, hearing_id: str, body: UndertakingBody) -> HearingView:
        """Put one's drawn signature under the undertaking. Again changes nothing.

        Raises ``hearing.not_found``, ``hearing.not_allowed`` for all but witnesses, ``hearing.no_undertaking``,
        ``hearing.not_inside`` before they have come, ``minutes.text_changed`` when the hash is not that of the text,
        ``minutes.signature_invalid``; ``verification.required`` and ``hearing.identity_doubted`` where it rests on
        nothing that they are who they say.
        """
        document = await self._docket.access(actor, hearing_id)
        court = court_of(document)
        act = Act(ActKind.UNDERTAKE, self._clock(), actor.user_id, on=True)
        if perform(court, act) is court:
            return self._views.view(document, actor.user_id)
        if not secrets.compare_digest(text_sha256(court.kind), body.sha256):
            raise Problem("minutes.text_changed")
        seat = court.seat(actor.user_id)
        basis = await self._gate.check(GuardedAct.UNDERTAKING_SIGN, seat.user_id, seat.role, seat.identity)
        png = await asyncio.to_thread(drawing, body.png)
        return await self._signed(actor, hearing_id, replace(act, basis=basis), seat.name, document["space_id"], png)

    async def _signed(
        self, actor: Actor, hearing_id: str, act: Act, name: str, space_id: str, png: bytes
    ) -> HearingView:
        file = await self._files.make(space_id, f"保证书签名-{name}.png", "image/png", png)
        act = replace(act, file_id=file["_id"], sha256=file["sha256"])
        try:
            document = await self._docket.perform(
                actor, hearing_id, act, lambda session: self._files.write(session, file)
            )
        except Problem:  # of anything else it is not known whether it was written
            await self._files.discard(file)
            raise
        seat = seat_of(document, actor.user_id)
        if seat is not None and seat.get("undertaking_file") != file["_id"]:  # another phone of theirs came first
            await self._files.discard(file)
        await self._tell(document)
        return self._views.view(document, actor.user_id)
