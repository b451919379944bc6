"""Telling WeChat that a paid service was delivered, so that the money is not frozen (发货信息管理).

A mini-program under the trading rules gets its money only when a delivery is reported and the payer has confirmed it,
or two days have passed. An order's payments are reported when the order is delivered, money that came for anything
else when it came. Vendor documents: developers.weixin.qq.com, "发货信息录入接口", "小程序发货信息管理服务".
"""

import logging
from datetime import datetime, timedelta
from typing import Any, Literal

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import VendorError, WeChatError
from miniprogram_api.push import PushEvent
from miniprogram_api.shipping import MAX_DESCRIPTION, Shipping
from schemas.api.base import CHINA
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.orders import OrderDocument, PaymentDocument
from schemas.enums import PaymentState
from services.audit import Audit
from services.clock import Clock, utc_now
from services.orders.order_seams import Openids, Tally, no_tally
from services.outbox import Effect, last_try
from services.payments.money_items import SHIPPING_FAILED, open_about_payment
from services.storage.database import Database
from services.work_items import WorkItems

log = logging.getLogger("casespace.payments")

Mode = Literal["auto", "on", "off"]
KIND = "shipping.report"
# How long WeChat's answer whether the rules apply is believed: they are switched on once in a program's life.
BELIEVED = timedelta(hours=1)
_NOT_YET_KNOWN = 10060001  # the payment is seconds old
_GONE_BACK = 10060004  # all of the money went back: nothing is frozen


class ShippingReports:
    def __init__(
        self,
        database: Database,
        shipping: Shipping,
        accounts: Openids,
        work_items: WorkItems,
        audit: Audit,
        mode: Mode = "auto",
        clock: Clock = utc_now,
        tally: Tally = no_tally,
    ) -> None:
        """``mode``: ``auto`` asks WeChat whether the trading rules apply, ``on`` and ``off`` know."""
        self._db = database
        self._shipping = shipping
        self._accounts = accounts
        self._work_items = work_items
        self._audit = audit
        self._mode = mode
        self._clock = clock
        self._tally = tally
        self._managed: tuple[bool, datetime] | None = None

    def effects(self) -> dict[str, Effect]:
        return {KIND: self._report}

    async def pushed(self, user_id: str | None, event: PushEvent) -> None:
        """Of what WeChat pushes: it has released money, since the payer confirmed or two days passed.

        Told twice, it changes nothing the second time.
        """
        transaction_id = event.settled_payment()
        if transaction_id is not None:
            await self._released(transaction_id)

    async def _released(self, transaction_id: str) -> None:
        async def work(session: AsyncClientSession) -> None:
            payment: PaymentDocument | None = await self._db.payments.find_one_and_update(
                {"transaction_id": transaction_id, "released_at": {"$exists": False}},
                {"$set": {"released_at": self._clock()}},
                session=session,
            )
            if payment is not None:
                await self._audit.write(None, "payment.released", payment["_id"], session, **_order_of(payment))

        await self._db.transaction(work)

    # --- reporting

    async def _report(self, row: OutboxDocument) -> None:
        """Of an order's row: all its payments. Of a payment's own row: that one, unless its order will report it."""
        try:
            applies = await self._applies()
        except VendorError as fault:
            if last_try(row, fault, self._clock()):
                for payment, _ in await self._owed(row["payload"]):
                    await self._give_up(payment, fault.code)
            raise
        if applies:
            for payment, order in await self._owed(row["payload"]):
                await self._try(payment, order, row)

    async def _owed(self, payload: dict[str, Any]) -> list[tuple[PaymentDocument, OrderDocument | None]]:
        """Payments that can be reported now and were not, each with its order.

        WeChat knows nothing of what a balance or coupons paid.
        """
        wanted: dict[str, Any] = {"state": PaymentState.SUCCEEDED.value, "shipped_at": {"$exists": False}}
        wanted["transaction_id"] = {"$exists": True}
        wanted |= {"order_id": payload["order_id"]} if "order_id" in payload else {"_id": payload["payment_id"]}
        payments = await self._db.payments.find(wanted).to_list()
        found = [(payment, await self._order(payment)) for payment in payments]
        return [(payment, order) for payment, order in found if order is None or "delivery" in order]

    async def _applies(self) -> bool:
        if self._mode != "auto":
            return self._mode == "on"
        if self._managed is None or self._clock() - self._managed[1] > BELIEVED:
            self._managed = await self._shipping.is_managed(), self._clock()
        return self._managed[0]

    async def _order(self, payment: PaymentDocument) -> OrderDocument | None:
        order_id = payment.get("order_id")
        return await self._db.orders.find_one({"_id": order_id}) if order_id is not None else None

    async def _try(self, payment: PaymentDocument, order: OrderDocument | None, row: OutboxDocument) -> None:
        """Raises VendorError for what may succeed later; what cannot is handed to a person."""
        try:
            await self._upload(payment, order)
        except VendorError as fault:
            if isinstance(fault, WeChatError) and fault.errcode == _GONE_BACK:
                self._tally("shipping_skipped", "refunded")
                return
            later = fault.retryable or (isinstance(fault, WeChatError) and fault.errcode == _NOT_YET_KNOWN)
            if later and not last_try(row, fault, self._clock()):
                raise
            await self._give_up(payment, fault.code)
            if later:
                raise

    async def _upload(self, payment: PaymentDocument, order: OrderDocument | None) -> None:
        openid = await self._accounts.openid_of(payment["payer_id"])
        if openid is None:
            await self._give_up(payment, "no_openid")
            return
        name = order["product"]["name"] if order is not None else "案件空间服务"
        delivered_at: datetime = order["delivery"]["at"] if order is not None else payment["paid_at"]
        new = await self._shipping.upload(
            transaction_id=payment["transaction_id"],
            openid=openid,
            description=f"法律服务：{name}"[:MAX_DESCRIPTION],
            delivered_at=delivered_at.astimezone(CHINA),
        )
        await self._note(payment, new=new)

    async def _note(self, payment: PaymentDocument, *, new: bool) -> None:
        async def work(session: AsyncClientSession) -> None:
            noted = await self._db.payments.update_one(
                {"_id": payment["_id"], "shipped_at": {"$exists": False}},
                {"$set": {"shipped_at": self._clock()}},
                session=session,
            )
            if noted.modified_count:
                await self._audit.write(None, "payment.shipped", payment["_id"], session, **_order_of(payment))

        await self._db.transaction(work)
        self._tally("shipping_reported", "new" if new else "known")

    async def _give_up(self, payment: PaymentDocument, why: str) -> None:
        self._tally("shipping_failed", why)
        log.error("the delivery of payment %s could not be reported: %s", payment["_id"], why)
        await open_about_payment(self._work_items, SHIPPING_FAILED, payment)


def _order_of(payment: PaymentDocument) -> dict[str, str]:
    return {"order": payment["order_id"]} if "order_id" in payment else {}
