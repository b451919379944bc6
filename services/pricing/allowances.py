"""What a company's members may still spend of its balance: as much as an admin granted them, less what they spent (E2).

Like the balance, what was spent is a sum of what happened, and is stored nowhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.pricing import CompanyDocument, CompanyMemberDocument
from schemas.enums import PaymentState, RefundState
from services.storage.database import Database


class Allowances:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def left(
        self,
        company: CompanyDocument,
        members: Iterable[CompanyMemberDocument],
        session: AsyncClientSession | None = None,
    ) -> Mapping[str, int]:
        """User id → fen that this member may still spend; admins, who may spend all, are left out."""
        granted = {member["user_id"]: member for member in members if not member["admin"]}
        left = {user_id: member.get("allowance_fen", 0) for user_id, member in granted.items()}
        payers: dict[str, str] = {}
        spent = {
            "company_id": company["_id"],
            "payer_id": {"$in": list(granted)},
            "state": PaymentState.SUCCEEDED.value,
        }
        async for payment in self._db.payments.find(spent, session=session):
            payer = payment["payer_id"]
            if payment["paid_at"] >= granted[payer]["added_at"]:
                payers[payment["_id"]] = payer
                left[payer] -= payment["amount_fen"]
        for payment_id, fen in (await self._back(list(payers), session)).items():
            left[payers[payment_id]] += fen
        return left

    async def _back(self, payment_ids: list[str], session: AsyncClientSession | None) -> Mapping[str, int]:
        """Payment → fen of it that went back to the balance."""
        back: dict[str, int] = defaultdict(int)
        done = {"payment_id": {"$in": payment_ids}, "state": RefundState.SUCCEEDED.value}
        async for refund in self._db.refunds.find(done, session=session):
            back[refund["payment_id"]] += refund["amount_fen"]
        return back
