"""What follows from each step of the minutes: the record of the hearing's space, its card, notices, the paper (I6, A3).

All of it bears being run twice. What is said is looked up here: the outbox holds ids only.
"""

from collections.abc import Mapping
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.ledgers import OutboxDocument
from schemas.documents.minutes import EditionDocument, ObjectionDocument, SignatureDocument
from schemas.enums import NoticeKind
from schemas.hearing_enums import HearingRole
from schemas.minutes_enums import MinutesState, ObjectionState, SigningState
from schemas.verification_enums import IdentityBasis
from services.files.made_files import MadeFiles
from services.hearings.court import Seat
from services.hearings.hearing_cards import HearingCards
from services.hearings.journal import BASES
from services.hearings.minutes.book import MinutesBook, Step
from services.hearings.minutes.drafting import TITLES, named
from services.hearings.minutes.paper import MinutesPaper
from services.hearings.minutes.reading import MinutesReading
from services.hearings.minutes.sheet import BENCH, Sheet, open_seats, signers, signing_state, speakers
from services.hearings.minutes.telling import MinutesTelling
from services.notices.notices import Notices
from services.outbox import Effect
from services.spaces.cards import Cards


class MinutesEffects:
    def __init__(
        self,
        book: MinutesBook,
        reading: MinutesReading,
        telling: MinutesTelling,
        paper: MinutesPaper,
        files: MadeFiles,
        cards: Cards,
        hearing_cards: HearingCards,
        notices: Notices,
    ) -> None:
        self._book = book
        self._reading = reading
        self._telling = telling
        self._paper = paper
        self._files = files
        self._cards = cards
        self._hearing_cards = hearing_cards
        self._notices = notices

    def effects(self) -> dict[str, Effect]:
        return {
            "minutes.sent": self._sent,
            "minutes.recalled": self._recalled,
            "minutes.objected": self._objected,
            "minutes.answered": self._answered,
            "minutes.finished": self._finished,
            "minutes.reopened": self._reopened,
            "minutes.signed": self._signed,
            "minutes.refused": self._refused,
        }

    # --- one step each

    async def _sent(self, row: OutboxDocument) -> None:
        sheet = await self._sheet(row)
        time = row["payload"]["time"]
        await self._note(sheet, row, f"{self._who(sheet, row)}将笔录送交各方阅读", {"time": time})
        if time == 1:
            ref = {"hearing_id": sheet.id}
            card = _card(sheet)
            await self._cards.show(
                sheet.hearing["space_id"], card, "minutes", TITLES[sheet.court.kind], MinutesState.READING, ref
            )
        else:
            await self._card(sheet, row, MinutesState.READING)
        wanted = await self._signers(sheet)
        text = "笔录已送您阅读。如对记录有异议，请在定稿前申请补正。"
        await self._tell(sheet, row, wanted, NoticeKind.MINUTES_READING, text)

    async def _recalled(self, row: OutboxDocument) -> None:
        sheet = await self._sheet(row)
        text = f"{self._who(sheet, row)}收回笔录继续修改" if row["payload"]["by"] else "庭审恢复，笔录继续记录"
        await self._note(sheet, row, text, {})
        await self._card(sheet, row, MinutesState.DRAFT)

    async def _objected(self, row: OutboxDocument) -> None:
        sheet = await self._sheet(row)
        number, objection = await self._objection(sheet, row)
        wanted = sheet.open(objection["wanted"], f"wanted:{objection['id']}")
        text = f"{self._who(sheet, row)}对笔录第 {number} 条申请补正为：“{wanted}”"
        await self._note(sheet, row, text, {"objection_id": objection["id"]})

    async def _answered(self, row: OutboxDocument) -> None:
        sheet = await self._sheet(row)
        number, objection = await self._objection(sheet, row)
        reason = sheet.open(objection["reason"], f"reason:{objection['id']}") if objection["reason"] else None
        corrected = objection["state"] == ObjectionState.CORRECTED
        text = f"{self._who(sheet, row)}对笔录第 {number} 条{'予以补正' if corrected else '不予补正'}"
        facts = {"objection_id": objection["id"], "corrected": corrected}
        await self._note(sheet, row, f"{text}，理由：{reason}" if reason else text, facts)

    async def _finished(self, row: OutboxDocument) -> None:
        sheet = await self._sheet(row)
        edition = _edition(sheet, row)
        facts = {"edition": edition["number"], "sha256": edition["sha256"]}
        text = f"{self._who(sheet, row)}将笔录定稿（第 {edition['number']} 稿），SHA-256：{edition['sha256']}"
        await self._note(sheet, row, text, facts)
        await self._card(sheet, row, MinutesState.FINAL)
        wanted = [seat for seat in await self._signers(sheet) if seat.role not in BENCH]
        open_ones = [seat for seat in wanted if signing_state(edition, seat) is SigningState.OPEN]
        await self._tell(sheet, row, open_ones, NoticeKind.MINUTES_SIGNING, "笔录已定稿，请核对后签名。")

    async def _reopened(self, row: OutboxDocument) -> None:
        sheet = await self._sheet(row)
        edition = _edition(sheet, row)
        reason = sheet.open(edition["reason"], f"void:{edition['number']}")
        text = f"{self._who(sheet, row)}撤回笔录第 {edition['number']} 稿，其上的签名作废。理由：{reason}"
        await self._note(sheet, row, text, {"edition": edition["number"], "sha256": edition["sha256"]})
        await self._card(sheet, row, MinutesState.DRAFT)
        signed = {one["user_id"] for one in edition["signatures"] if one["state"] == SigningState.SIGNED}
        seats = [seat for seat in sheet.court.seats if seat.user_id in signed]
        text = "笔录定稿已撤回修改，您此前的签名作废，修改后请重新阅读、签名。"
        await self._tell(sheet, row, seats, NoticeKind.MINUTES_READING, text)

    async def _signed(self, row: OutboxDocument) -> None:
        sheet = await self._sheet(row)
        signature, signer = _signature(sheet, row)
        facts = {"edition": row["payload"]["edition"], "user_id": signer.user_id, "sha256": signature["sha256"]}
        drawn = {"file_id": signature["file_id"]}
        text = f"{named(sheet.court, signer)}在笔录上签名"
        if "identity" in signature:
            text = f"{text}（{BASES[IdentityBasis(signature['identity'])]}）"
        await self._note(sheet, row, text, {**facts, **drawn})
        await self._after_signature(sheet, row)

    async def _refused(self, row: OutboxDocument) -> None:
        sheet = await self._sheet(row)
        signature, signer = _signature(sheet, row)
        reason = sheet.open(signature["reason"] or b"", f"refusal:{row['payload']['edition']}:{signer.user_id}")
        noted = row["payload"]["by"] != signer.user_id
        text = f"{named(sheet.court, signer)}拒绝在笔录上签名，理由：{reason}"
        text = f"{self._who(sheet, row)}记明：{text}" if noted else text
        await self._note(sheet, row, text, {"edition": row["payload"]["edition"], "user_id": signer.user_id})
        await self._after_signature(sheet, row)

    async def _after_signature(self, sheet: Sheet, row: OutboxDocument) -> None:
        if row["payload"]["bench_next"]:
            edition = _edition(sheet, row)
            seats = [seat for seat in open_seats(edition, sheet.court.seats) if seat.role in BENCH]
            text = "各方已在笔录上签名或记明，请审判人员、书记员签名。"
            await self._tell(sheet, row, seats, NoticeKind.MINUTES_SIGNING, text)
        if row["payload"]["done"]:
            await self._finish_paper(await self._book.look(sheet.id), row)

    # --- the paper

    async def _finish_paper(self, sheet: Sheet, row: OutboxDocument) -> None:
        if sheet.minutes["paper"] is None:
            await self._make_paper(sheet)
            sheet = await self._book.look(sheet.id)
        paper, edition = sheet.minutes["paper"], sheet.edition
        if paper is None or edition is None:
            raise RuntimeError("the paper was not written")
        facts = {"file_id": paper["file_id"], "sha256": paper["sha256"], "text_sha256": edition["sha256"]}
        await self._cards.notice(
            sheet.hearing["space_id"], f"{row['_id']}:done", "minutes.done", "笔录签署完毕，已生成文书", facts=facts
        )
        await self._cards.update(sheet.hearing["space_id"], f"{row['_id']}:card", _card(sheet), MinutesState.DONE)
        await self._hearing_cards.tell_case(sheet.hearing, row["_id"], f"{TITLES[sheet.court.kind]}已签署完毕")
        await self._telling.tell(sheet)

    async def _make_paper(self, sheet: Sheet) -> None:
        file = await self._paper.make(sheet, await self._reading.fixed(sheet))
        paper = {"file_id": file["_id"], "sha256": file["sha256"]}

        async def do(now: Sheet, session: AsyncClientSession) -> Step | None:
            if now.minutes["paper"] is not None:
                return None
            await self._files.write(session, file)
            return Step("printed", {"$set": {"paper": paper}})

        _, step = await self._book.change(None, sheet.id, None, do)
        if step is None:
            await self._files.discard(file)

    # --- parts

    async def _sheet(self, row: OutboxDocument) -> Sheet:
        return await self._book.look(row["payload"]["hearing_id"])

    def _who(self, sheet: Sheet, row: OutboxDocument) -> str:
        return named(sheet.court, sheet.court.seat(row["payload"]["by"]))

    async def _note(self, sheet: Sheet, row: OutboxDocument, text: str, facts: Mapping[str, Any]) -> None:
        await self._cards.notice(sheet.hearing["space_id"], row["_id"], row["kind"], text, facts=facts)

    async def _card(self, sheet: Sheet, row: OutboxDocument, state: MinutesState) -> None:
        await self._cards.update(sheet.hearing["space_id"], f"{row['_id']}:card", _card(sheet), state)

    async def _signers(self, sheet: Sheet) -> list[Seat]:
        return signers(sheet.court, speakers(await self._book.entries(sheet)))

    async def _objection(self, sheet: Sheet, row: OutboxDocument) -> tuple[int, ObjectionDocument]:
        """The number of the line as it was counted then, and what was asked for."""
        note = row["payload"]
        (entry,) = [one for one in await self._book.entries(sheet) if one["_id"] == note["entry_id"]]
        return note["number"], next(one for one in entry["objections"] if one["id"] == note["objection_id"])

    async def _tell(self, sheet: Sheet, row: OutboxDocument, seats: list[Seat], kind: NoticeKind, text: str) -> None:
        for seat in seats:
            if seat.user_id != row["payload"]["by"] and seat.role is not HearingRole.OBSERVER:
                await self._notices.tell(
                    seat.user_id,
                    kind,
                    f"minutes:{row['_id']}",
                    title=TITLES[sheet.court.kind],
                    text=text,
                    link=f"/hearings/{sheet.id}",
                    values={"case": sheet.hearing["title"], "sender": "庭审"},
                )


def _card(sheet: Sheet) -> str:
    return f"minutes:{sheet.id}"


def _edition(sheet: Sheet, row: OutboxDocument) -> EditionDocument:
    number: int = row["payload"]["edition"]
    return sheet.minutes["editions"][number - 1]


def _signature(sheet: Sheet, row: OutboxDocument) -> tuple[SignatureDocument, Seat]:
    found = _edition(sheet, row)["signatures"][row["payload"]["place"]]
    return found, sheet.court.seat(found["user_id"])
