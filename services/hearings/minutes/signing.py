"""Signing the fixed minutes, or refusing to: over the hash of the text, everybody once, the bench last."""

import asyncio
import secrets
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.minutes import MinutesView, RefusalBody, SignatureBody
from schemas.documents.minutes import EditionDocument, SignatureDocument
from schemas.hearing_enums import HearingRole
from schemas.minutes_enums import MinutesAct, MinutesState, SigningState
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.made_files import MadeFiles
from services.hearings.court import Seat
from services.hearings.minutes.book import MinutesBook, Step
from services.hearings.minutes.drawings import drawing
from services.hearings.minutes.sheet import BENCH, Sheet, open_seats, signers, signing_state, speakers
from services.hearings.minutes.telling import MinutesTelling
from services.verification.gate import Gate
from services.verification.guarded_acts import GuardedAct


class MinutesSigning:
    def __init__(
        self, book: MinutesBook, telling: MinutesTelling, files: MadeFiles, gate: Gate, clock: Clock = utc_now
    ) -> None:
        self._book = book
        self._gate = gate
        self._telling = telling
        self._files = files
        self._clock = clock

    async def sign(self, actor: Actor, hearing_id: str, body: SignatureBody) -> MinutesView:
        """Put one's drawn signature under what one has read.

        Raises as ``MinutesBook.access``; ``minutes.signature_invalid``, ``minutes.text_changed`` when the hash is not
        that of the text which is signed now, ``minutes.nothing_to_sign``, ``minutes.signed_already``,
        ``minutes.signatures_open`` for the bench while others have not signed; ``verification.required`` and
        ``hearing.identity_doubted`` where it rests on nothing that they are who they say.
        """
        sheet = await self._book.access(actor, hearing_id, MinutesAct.SIGN)
        _, seat = await self._check(sheet, body.sha256)
        basis = await self._gate.check(GuardedAct.MINUTES_SIGN, seat.user_id, seat.role, seat.identity)
        png = await asyncio.to_thread(drawing, body.png)
        name = f"笔录签名-{sheet.seat.name if sheet.seat else ''}.png"
        file = await self._files.make(sheet.hearing["space_id"], name, "image/png", png)

        async def do(now: Sheet, session: AsyncClientSession) -> Step:
            edition, seat = await self._check(now, body.sha256, session)
            await self._files.write(session, file)
            signature = self._signature(seat, SigningState.SIGNED, body.sha256)
            signature["file_id"] = file["_id"]
            if basis is not None:
                signature["identity"] = basis
            return await self._step(now, edition, signature, session)

        try:
            signed, _ = await self._book.change(actor, hearing_id, MinutesAct.SIGN, do)
        except Problem:  # of anything else it is not known whether it was written
            await self._files.discard(file)
            raise
        await self._telling.tell(signed)
        return await self._telling.view(signed)

    async def refuse(self, actor: Actor, hearing_id: str, body: RefusalBody) -> MinutesView:
        """Say that one does not sign, and why; or note it of somebody else, as the court. They may still sign later.

        Raises as ``MinutesBook.access``; ``hearing.no_participant``, ``minutes.nothing_to_sign``,
        ``minutes.signed_already``.
        """
        target = body.user_id or actor.user_id
        noted = target != actor.user_id

        async def do(sheet: Sheet, session: AsyncClientSession) -> Step:
            edition, seat = await self._owing(sheet, target, session)
            if seat.role is HearingRole.PRESIDER:
                raise Problem("hearing.not_allowed")
            signature = self._signature(seat, SigningState.REFUSED, _hash(edition, seat))
            signature["reason"] = sheet.seal(body.reason, f"refusal:{edition['number']}:{target}")
            signature["noted_by"] = actor.user_id if noted else None
            return await self._step(sheet, edition, signature, session)

        act = MinutesAct.NOTE_REFUSAL if noted else MinutesAct.REFUSE
        sheet, _ = await self._book.change(actor, hearing_id, act, do)
        await self._telling.tell(sheet)
        return await self._telling.view(sheet)

    # --- parts

    async def _check(
        self, sheet: Sheet, sha256: str, session: AsyncClientSession | None = None
    ) -> tuple[EditionDocument, Seat]:
        """That the one whose sheet it is may sign this text now."""
        if sheet.seat is None:
            raise Problem("hearing.not_allowed")
        edition, seat = await self._owing(sheet, sheet.seat.user_id, session)
        if not secrets.compare_digest(_hash(edition, seat), sha256):
            raise Problem("minutes.text_changed")
        wanted = await self._signers(sheet, session)
        if seat.role in BENCH and any(one.role not in BENCH for one in open_seats(edition, wanted)):
            raise Problem("minutes.signatures_open")
        return edition, seat

    async def _owing(
        self, sheet: Sheet, user_id: str, session: AsyncClientSession | None
    ) -> tuple[EditionDocument, Seat]:
        """The text, and the seat that has not signed it."""
        if sheet.edition is None:
            raise Problem("minutes.wrong_state")
        sheet.court.seat(user_id)
        seat = next((one for one in await self._signers(sheet, session) if one.user_id == user_id), None)
        if seat is None or signing_state(sheet.edition, seat) is SigningState.ABSENT:
            raise Problem("minutes.nothing_to_sign")
        if signing_state(sheet.edition, seat) is SigningState.SIGNED:
            raise Problem("minutes.signed_already")
        return sheet.edition, seat

    async def _step(
        self, sheet: Sheet, edition: EditionDocument, signature: SignatureDocument, session: AsyncClientSession
    ) -> Step:
        """The signature after the others; with the last one the minutes are done."""
        after: EditionDocument = {**edition, "signatures": [*edition["signatures"], signature]}
        last = len(sheet.minutes["editions"]) - 1
        fields: dict[str, Any] = {f"editions.{last}.signatures": after["signatures"]}
        left = open_seats(after, await self._signers(sheet, session))
        if not left:
            fields["state"] = MinutesState.DONE
        event = "signed" if signature["state"] == SigningState.SIGNED else "refused"
        payload = {
            "edition": edition["number"],
            "place": len(edition["signatures"]),
            "done": not left,
            "bench_next": bool(left) and all(seat.role in BENCH for seat in left),
        }
        return Step(event, {"$set": fields}, event=event, payload=payload)

    async def _signers(self, sheet: Sheet, session: AsyncClientSession | None) -> list[Seat]:
        return signers(sheet.court, speakers(await self._book.entries(sheet, session)))

    def _signature(self, seat: Seat, state: SigningState, sha256: str) -> SignatureDocument:
        return {
            "user_id": seat.user_id,
            "state": state,
            "sha256": sha256,
            "at": self._clock(),
            "file_id": None,
            "reason": None,
            "noted_by": None,
        }


def _hash(edition: EditionDocument, seat: Seat) -> str:
    """What this seat signs: the whole, or a witness's part of it."""
    return edition["parts"][seat.user_id] if seat.role is HearingRole.WITNESS else edition["sha256"]
