"""What is shown of a statement."""

from collections.abc import Iterable, Mapping, Sequence

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.orders import PersonView
from schemas.api.settlements import (
    ApprovalView,
    PayoutView,
    RejectionView,
    SettlementItemView,
    SettlementLineView,
    SettlementSummaryView,
    SettlementView,
)
from schemas.documents.settlements import PayoutDocument, SettlementDocument, SettlementLineDocument
from schemas.enums import Role
from schemas.settlement_enums import PayoutKind, PayoutState, SettlementState
from services.actors import Actor
from services.settlement.settlement_book import actions_of
from services.storage.database import Database


class SettlementViews:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def many(
        self, actor: Actor, settlements: Sequence[SettlementDocument], session: AsyncClientSession | None = None
    ) -> Sequence[SettlementSummaryView]:
        states = await self._states(settlements, session)
        firm_id = await self._firm_of(actor, session)
        return [_summary(actor, one, states[one["_id"]], firm_id) for one in settlements]

    async def whole(self, actor: Actor, settlement: SettlementDocument) -> SettlementView:
        """With its lines; with approvals and payouts for those who decide about it."""
        states = await self._states([settlement])
        lines = await self.lines(settlement)
        decides = actor.has(Role.OPS) and settlement["lawyer_id"] is None
        query = {"settlement_id": settlement["_id"]}
        payouts = await self._db.payouts.find(query).sort("_id").to_list() if decides else []
        rejection = settlement.get("rejection") if decides else None
        names = await self._names(settlement, lines)
        summary = _summary(actor, settlement, states[settlement["_id"]], await self._firm_of(actor))
        return SettlementView(
            **{name: getattr(summary, name) for name in SettlementSummaryView.model_fields},
            lines=[_line(line, names) for line in lines],
            approvals=[
                ApprovalView(by=_person(one["by"], names), at=one["at"]) for one in settlement["approvals"] if decides
            ],
            rejection=RejectionView(by=_person(rejection["by"], names), at=rejection["at"], reason=rejection["reason"])
            if rejection
            else None,
            payouts=[_payout(one) for one in payouts],
        )

    async def lines(self, settlement: SettlementDocument) -> list[SettlementLineDocument]:
        """In the order in which the orders were earned."""
        query = {"period_id": settlement["period_id"], "firm_id": settlement["firm_id"]}
        if settlement["lawyer_id"] is not None:
            query["lawyer_id"] = settlement["lawyer_id"]
        lines = await self._db.settlement_lines.find(query).to_list()
        return sorted(lines, key=lambda line: (line["earned_at"], line["order_id"]))

    async def _firm_of(self, actor: Actor, session: AsyncClientSession | None = None) -> str | None:
        user = await self._db.users.find_one({"_id": actor.user_id}, {"firm_id": 1}, session=session)
        return user.get("firm_id") if user else None

    async def _states(
        self, settlements: Iterable[SettlementDocument], session: AsyncClientSession | None = None
    ) -> Mapping[str, SettlementState]:
        """A lawyer's statement is as far as the firm's."""
        of_firm = {one["_id"]: one.get("firm_settlement_id", one["_id"]) for one in settlements}
        found = self._db.settlements.find({"_id": {"$in": list(of_firm.values())}}, {"state": 1}, session=session)
        states = {one["_id"]: SettlementState(one["state"]) async for one in found}
        return {own: states[firm] for own, firm in of_firm.items()}

    async def _names(
        self, settlement: SettlementDocument, lines: Iterable[SettlementLineDocument]
    ) -> Mapping[str, str]:
        people = {line["lawyer_id"] for line in lines} | {one["by"] for one in settlement["approvals"]}
        people |= {settlement["rejection"]["by"]} if "rejection" in settlement else set()
        found = self._db.users.find({"_id": {"$in": sorted(people)}}, {"display_name": 1})
        return {user["_id"]: user["display_name"] async for user in found}


def _summary(
    actor: Actor, settlement: SettlementDocument, state: SettlementState, firm_id: str | None
) -> SettlementSummaryView:
    lawyer_id = settlement["lawyer_id"]
    return SettlementSummaryView(
        id=settlement["_id"],
        period=settlement["period_number"],
        starts_at=settlement["starts_at"],
        ends_at=settlement["ends_at"],
        firm_id=settlement["firm_id"],
        firm_name=settlement["firm_name"],
        lawyer=PersonView(user_id=lawyer_id, display_name=settlement["lawyer_name"] or "") if lawyer_id else None,
        orders=settlement["orders"],
        sums=settlement["sums"],
        lines_fen=settlement["lines_fen"],
        brought_forward_fen=settlement["brought_forward_fen"],
        total_fen=settlement["total_fen"],
        paid_fen=settlement["paid_fen"],
        state=state,
        revision=settlement["revision"],
        actions=actions_of(settlement, actor.roles, actor.user_id, firm_id),
        created_at=settlement["created_at"],
    )


def _line(line: SettlementLineDocument, names: Mapping[str, str]) -> SettlementLineView:
    return SettlementLineView(
        order_id=line["order_id"],
        number=line["number"],
        product=line["product"],
        lawyer=_person(line["lawyer_id"], names),
        earned_at=line["earned_at"],
        stars=line["stars"],
        rules=line["rules"],
        revenue_fen=line["revenue_fen"],
        platform_fen=line["platform_fen"],
        total_fen=line["total_fen"],
        items=[SettlementItemView(**item) for item in line["items"]],
    )


def _payout(payout: PayoutDocument) -> PayoutView:
    return PayoutView(
        id=payout["_id"],
        kind=PayoutKind(payout["kind"]),
        amount_fen=payout["amount_fen"],
        state=PayoutState(payout["state"]),
        order_id=payout.get("order_id"),
        bank_reference=payout.get("bank_reference"),
        reason=payout.get("reason"),
        updated_at=payout["updated_at"],
    )


def _person(user_id: str, names: Mapping[str, str]) -> PersonView:
    return PersonView(user_id=user_id, display_name=names.get(user_id, ""))
