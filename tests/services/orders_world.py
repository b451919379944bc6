"""The services around orders on a database of their own, against the real sandbox, with recorded sockets."""

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from miniprogram_api.access_token import AccessTokens
from miniprogram_api.http import HttpClient, HttpConfig
from miniprogram_api.pay import Notifications, PayClient
from miniprogram_api.sandbox.credentials import SandboxCredentials, create_credentials, load_private
from miniprogram_api.sandbox.crypto import encrypt_resource, rsa_sign
from miniprogram_api.settings import PayConfig, WeChatConfig
from miniprogram_api.shipping import Shipping
from miniprogram_api.wechat_door import WeChatDoor
from schemas.api.base import Body
from schemas.api.orders import OrderBody, OrderView
from schemas.api.payments import PaymentBody, PaymentView
from schemas.documents.ledgers import NoticeDocument, OutboxDocument
from schemas.documents.orders import OrderDocument, PaymentDocument
from schemas.enums import OrderStatus, PaymentMethod, RefundState, Role, SubjectKind
from server.demo.products import PRODUCTS
from server.setting_values import decode_key
from server.settings import Settings
from services.actors import Actor
from services.audit import Audit
from services.disputes.dispute_book import DisputeBook
from services.disputes.dispute_effects import DisputeEffects
from services.disputes.disputes import Disputes
from services.idempotency import Idempotency, Intent
from services.ids import new_id
from services.keys import BlindIndex, Vault
from services.ledger.ledger import Ledger
from services.notices.notices import Notices
from services.orders.assignments import Assignments
from services.orders.order_book import OrderBook
from services.orders.order_effects import OrderEffects
from services.orders.order_placing import OrderPlacing
from services.orders.order_seals import OrderSeals
from services.orders.order_views import OrderViews
from services.orders.orders import Orders
from services.orders.products import Products
from services.outbox import Effect, Outbox
from services.payments.order_payments import OrderPayments
from services.payments.payment_confirming import PaymentConfirming
from services.payments.payment_watch import PaymentWatch
from services.payments.payments import Payments
from services.payments.purposes import Purpose
from services.payments.refund_settling import RefundSettling
from services.payments.refunds import Refunds
from services.payments.settled_payments import SettledPayments
from services.payments.shipping_reports import ShippingReports
from services.payments.stuck_refunds import StuckRefunds
from services.record import Recorder
from services.settlement.penalties import Penalties
from services.settlement.rulebook import Rulebook
from services.spaces.cards import Cards
from services.spaces.spaces import Spaces
from services.storage.database import Database
from services.storage.group_commit import GroupCommit
from services.storage.indexes import apply
from services.work_items import WorkItems
from tests.memory_tokens import MemoryTokenStore
from tests.parts.real import RealParts
from tests.patience import PATIENCE
from tests.recorded_live import RecordedLive
from tests.services.orders_seams import MovedClock, Openids, WholeFiles
from tests.services.shop import Shop

NEED = {"description": "房东不退押金，合同已到期。", "topic": "房产"}
JSAPI = PaymentBody(method=PaymentMethod.WECHAT_JSAPI)
LAPSE_MINUTES = 30
QUERY_AFTER = 60.0


@dataclass
class World:
    database: Database
    clock: MovedClock
    live: RecordedLive
    openids: Openids
    files: WholeFiles
    tallies: Counter[tuple[str, str]]
    credentials: SandboxCredentials
    sandbox_url: str
    vault: Vault
    audit: Audit
    ledger: Ledger
    work_items: WorkItems
    outbox: Outbox
    recorder: Recorder
    spaces: Spaces
    products: Products
    book: OrderBook
    orders: Orders
    pay_client: PayClient
    payments: Payments
    watch: PaymentWatch
    refunds: Refunds
    stuck_refunds: StuckRefunds
    door: WeChatDoor
    shipping: ShippingReports
    shop: Shop
    disputes: Disputes
    dispute_effects: DisputeEffects
    effects: dict[str, Effect]
    product_ids: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    browser: SimpleAsyncHTTPClient = field(default_factory=lambda: SimpleAsyncHTTPClient(force_instance=True))

    # --- people

    async def person(self, *roles: Role, name: str = "某人", on_duty: bool = False, areas: Sequence[str] = ()) -> Actor:
        user_id = new_id()
        now = self.clock()
        await self.database.users.insert_one(
            {
                "_id": user_id,
                "schema_version": 1,
                "display_name": name,
                "roles": [role.value for role in roles],
                "disabled": False,
                "verified": True,
                "pii": {},
                "profile": {"areas": list(areas)} if areas else {},
                "on_duty": on_duty,
                "created_at": now,
                "updated_at": now,
            }
        )
        return Actor(user_id, frozenset(roles), new_id())

    async def client(self, name: str = "李女士") -> Actor:
        """A client with a WeChat identity that the sandbox knows."""
        actor = await self.person(Role.CLIENT, name=name)
        phone = f"139{secrets.randbelow(10**8):08d}"
        user = await self.control("POST", "/control/users", {"phone": phone, "nickname": name})
        self.openids.known[actor.user_id] = user["openid"]
        return actor

    async def nobody_else(self) -> None:
        """Send everybody home, so that a test knows whom the rule can choose."""
        await self.database.users.update_many({}, {"$set": {"disabled": True, "on_duty": False}})

    async def office(self) -> tuple[Actor, Actor]:
        """One lawyer and one support person, and nobody else."""
        await self.nobody_else()
        return await self.person(Role.LAWYER, name="王律师"), await self.person(Role.SUPPORT, name="小陈", on_duty=True)

    # --- orders

    async def place(self, client: Actor, code: str = "consultation", **more: Any) -> OrderView:
        body = OrderBody(product_id=self.product_ids[code], need=more.pop("need", NEED), **more)
        return await self.orders.place(client, body, intent(client, "orders", body))

    async def start(self, client: Actor, order_id: str) -> PaymentView:
        return await self.payments.start(client, order_id, JSAPI, intent(client, f"pay {order_id}", JSAPI))

    async def paid(self, client: Actor, code: str = "consultation", **more: Any) -> OrderView:
        """A placed order, paid in the sandbox, with its notice taken; effects are still owed."""
        order = await self.place(client, code, **more)
        payment = await self.start(client, order.id)
        await self.pay(payment.out_trade_no)
        await self.payments.notify(*await self.notice(payment.out_trade_no))
        return await self.orders.get(client, order.id)

    async def served(self, client: Actor, status: OrderStatus = OrderStatus.IN_SERVICE) -> tuple[OrderView, Actor]:
        """An order on its way, with the lawyer who serves it."""
        lawyer, _ = await self.office()
        order = await self.paid(client)
        await self.work()
        if status is not OrderStatus.ASSIGNED:
            await self.orders.accept(lawyer, order.id)
            await self.work()
        return await self.orders.get(client, order.id), lawyer

    async def stored(self, order_id: str) -> OrderDocument:
        order = await self.book.load(order_id)
        assert order is not None
        return order

    async def payment(self, order_id: str) -> PaymentDocument:
        """The only payment of an order."""
        (payment,) = await self.database.payments.find({"order_id": order_id}).to_list()
        return payment

    # --- WeChat's side

    async def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        request = HTTPRequest(
            f"{self.sandbox_url}{path}",
            method=method,
            headers={"Content-Type": "application/json"},
            body=json.dumps(body or {}) if method == "POST" else None,
        )
        response = await self.browser.fetch(request)
        return json.loads(response.body or b"null")

    async def pay(self, out_trade_no: str) -> None:
        """The payer pays; no notice goes out."""
        await self.control("POST", f"/control/payments/{out_trade_no}/pay", {"times": 0})

    async def notice(
        self, out_trade_no: str, /, event_id: str | None = None, **changes: Any
    ) -> tuple[dict[str, str], bytes]:
        """A notice of what the sandbox knows about a payment, signed and encrypted as WeChat Pay does.

        ``changes`` replace parts of the transaction before it is sealed, as ``total``, ``mchid`` ….
        """
        items = (await self.control("GET", "/control/payments"))["items"]
        (known,) = [item for item in items if item["out_trade_no"] == out_trade_no]
        names = ("appid", "mchid", "out_trade_no", "transaction_id", "trade_state", "success_time", "amount", "payer")
        resource = {name: known[name] for name in names if name in known}
        amount = {name: changes.pop(name) for name in ("total", "currency") if name in changes}
        resource |= changes
        resource["amount"] = {**resource["amount"], **amount}
        return self.signed("TRANSACTION.SUCCESS", resource, "transaction", event_id)

    def signed(
        self, event_type: str, resource: Mapping[str, Any], original: str, event_id: str | None = None
    ) -> tuple[dict[str, str], bytes]:
        sealed = encrypt_resource(self.credentials.api_v3_key, json.dumps(resource).encode(), original)
        envelope = {"id": event_id or new_id(), "event_type": event_type, "resource": sealed}
        body = json.dumps(envelope).encode()
        return self.headers(body), body

    def headers(self, body: bytes, *, age: int = 0) -> dict[str, str]:
        """An honest signature, ``age`` seconds old."""
        stamp, nonce = str(int(time.time()) - age), secrets.token_hex(16)
        key = load_private(self.credentials.platform_key_pem)
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.credentials.platform_serial,
            "Wechatpay-Signature": rsa_sign(key, stamp, nonce, body),
        }

    # --- the worker

    async def work(self) -> None:
        """Everything that is owed now, and what follows from it."""

        def report(row: OutboxDocument, fault: Exception, parked: bool) -> None:
            self.faults.append(f"{row['kind']}: {fault!r}{' (parked)' if parked else ''}")

        while await self.outbox.run_due(self.effects, report):
            assert not self.faults, self.faults

    async def repeat(self, order_id: str, kind: str) -> None:
        """Run the effects of this kind once more, as after a kill between doing and marking."""
        rows = await self.database.outbox.find({"kind": kind, "payload.order_id": order_id}).to_list()
        assert rows
        for row in rows:
            await self.effects[kind](row)

    async def settle_refunds(self) -> None:
        """Ask until WeChat has made up its mind about every refund, as the worker does over minutes."""
        open_refunds = {"state": RefundState.REQUESTED.value}
        for _ in range(100):
            self.clock.forward(hours=2)
            await self.refunds.tick()
            if not await self.database.refunds.count_documents(open_refunds):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("a refund did not end")

    async def repeat_stray(self, payment_id: str) -> None:
        rows = await self.database.outbox.find({"kind": "payment.stray", "payload.payment_id": payment_id}).to_list()
        assert len(rows) == 1
        await self.effects["payment.stray"](rows[0])

    # --- what came of it

    async def entries(self, space_id: str) -> list[dict[str, Any]]:
        """The record of a space: type and body of each entry."""
        found = await self.database.entries.find({"_id.space": space_id}).sort("_id.seq", 1).to_list()
        return [{"type": entry["type"], **(await self.recorder.open(entry))[0]} for entry in found]

    async def cards(self, space_id: str, kind: str) -> list[dict[str, Any]]:
        return [entry for entry in await self.entries(space_id) if entry.get("kind") == kind]

    async def notices_of(self, actor: Actor) -> list[NoticeDocument]:
        return await self.database.notices.find({"user_id": actor.user_id}).sort("_id", 1).to_list()

    async def told(self, actor: Actor) -> list[str]:
        return [notice["kind"] for notice in await self.notices_of(actor)]

    async def audited(self, subject: str) -> list[str]:
        rows = await self.database.audit.find({"subject": subject}).sort("_id", 1).to_list()
        return [row["action"] for row in rows]


def intent(actor: Actor, route: str, body: Body, key: str | None = None) -> Intent:
    return Intent.of(actor.user_id, route, key or new_id(), body)


@asynccontextmanager
async def open_world(
    settings: Settings,
    parts: RealParts,
    notify_base: str = "http://127.0.0.1:9",
    sandbox: Path | None = None,
    ledger: type[Ledger] = Ledger,
) -> AsyncIterator[World]:
    """``notify_base`` is where the sandbox's own notices go; by default nobody listens there. ``sandbox`` is the folder
    of the one that the settings name, unless it is everybody's. ``ledger``: another class, as one that fails."""
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    await apply(database)
    http = HttpClient(HttpConfig(connect_timeout=10, request_timeout=PATIENCE, backoff=0.01))
    credentials = create_credentials(sandbox or parts.path / "sandbox")
    world = _build(settings, database, http, credentials, notify_base, ledger)
    world.product_ids = await world.products.put(PRODUCTS)
    try:
        yield world
    finally:
        http.close()
        world.browser.close()
        await world.recorder.close()
        await database.close()


def _build(
    settings: Settings,
    database: Database,
    http: HttpClient,
    credentials: SandboxCredentials,
    notify_base: str,
    make_ledger: type[Ledger],
) -> World:
    clock, live, openids, files = MovedClock(), RecordedLive(), Openids(), WholeFiles()
    tallies: Counter[tuple[str, str]] = Counter()

    def tally(what: str, which: str) -> None:
        tallies[what, which] += 1

    config = PayConfig(
        appid=settings.wechat_appid,
        mchid=settings.pay_mchid,
        merchant_serial=settings.pay_merchant_serial,
        merchant_private_key_pem=settings.pay_private_key_file.read_text(),
        api_v3_key=settings.pay_api_v3_key.get_secret_value(),
        platform_keys={name: path.read_text() for name, path in settings.pay_platform_keys.items()},
        base_url=settings.pay_api_url,
        failover_base_url=None,
    )
    vault = Vault(database, {name: decode_key(key) for name, key in settings.master_keys.items()}, clock)
    audit, outbox = Audit(database, clock), Outbox(database, lambda: None, clock)
    ledger, work_items = make_ledger(database, clock), WorkItems(database, audit, clock)
    idempotency = Idempotency(database, vault, clock)
    recorder = Recorder(database, vault, live, lambda file_id, variant: f"/{file_id}/{variant}", clock)
    spaces = Spaces(database, live, clock)
    notices = Notices(database, outbox, live, audit, {}, clock)
    pay, notifications = PayClient(config, http), Notifications(config)
    products = Products(database, clock)
    book = OrderBook(database, audit, outbox, clock)
    seals = OrderSeals(vault)
    views = OrderViews(database, seals)
    assignments = Assignments(database, book, seals, spaces)
    index = BlindIndex(decode_key(settings.index_key))
    shop = Shop(database, products, vault, index, ledger, audit, outbox, clock)
    placing = OrderPlacing(
        database, GroupCommit(database), vault, products, shop.pricing, idempotency, audit, outbox, clock
    )
    orders = Orders(database, book, placing, views, seals, assignments, spaces, files, audit, outbox, clock)
    orders_purpose = OrderPayments(database, book, spaces, clock)
    purposes: dict[SubjectKind, Purpose] = {SubjectKind.ORDER: orders_purpose, **shop.purposes()}
    confirming = PaymentConfirming(database, purposes, ledger, work_items, audit, outbox, index, clock, tally)
    watch = PaymentWatch(database, book, pay, confirming, audit, outbox, QUERY_AFTER, clock, tally)
    settled = SettledPayments(database, purposes, shop.companies, confirming, watch, idempotency, outbox, clock)
    payments = Payments(
        database,
        book,
        purposes,
        idempotency,
        openids,
        pay,
        notifications,
        confirming,
        watch,
        settled,
        audit,
        f"{notify_base}/api/v1/wechat/pay/notify",
        LAPSE_MINUTES,
        QUERY_AFTER,
        clock,
        tally,
        settings.pay_profit_sharing,
    )
    settling = RefundSettling(database, book, ledger, work_items, audit, outbox, clock, tally)
    refunds = Refunds(
        database,
        book,
        idempotency,
        views,
        seals,
        pay,
        notifications,
        settling,
        ledger,
        notices,
        audit,
        outbox,
        f"{notify_base}/api/v1/wechat/refund/notify",
        clock,
        tally,
    )
    stuck = StuckRefunds(database, book, seals, pay, work_items, notices, live, audit, outbox, clock)
    cards = Cards(recorder)
    effects = OrderEffects(database, book, seals, spaces, cards, notices, live, assignments)
    shop.open(book, payments, watch, spaces, idempotency, cards, notices, live)
    quarrels = DisputeBook(database, seals, audit, outbox, clock)
    penalties = Penalties(database, Rulebook(database, audit, clock), idempotency, audit, clock)
    disputes = Disputes(database, quarrels, book, refunds, penalties, files, idempotency, outbox, clock)
    after = DisputeEffects(database, quarrels, cards, notices, live, work_items, clock)
    wechat = WeChatConfig(settings.wechat_appid, settings.wechat_secret.get_secret_value(), settings.wechat_api_url)
    door = WeChatDoor(wechat, AccessTokens(wechat, http, MemoryTokenStore()), http)
    shipping = ShippingReports(database, Shipping(door), openids, work_items, audit, "auto", clock, tally)
    return World(
        database=database,
        clock=clock,
        live=live,
        openids=openids,
        files=files,
        tallies=tallies,
        credentials=credentials,
        sandbox_url=settings.pay_api_url,
        vault=vault,
        audit=audit,
        ledger=ledger,
        work_items=work_items,
        outbox=outbox,
        recorder=recorder,
        spaces=spaces,
        products=products,
        book=book,
        orders=orders,
        pay_client=pay,
        payments=payments,
        watch=watch,
        refunds=refunds,
        stuck_refunds=stuck,
        door=door,
        shipping=shipping,
        shop=shop,
        disputes=disputes,
        dispute_effects=after,
        effects={
            **effects.effects(),
            **refunds.effects(),
            **stuck.effects(),
            **shipping.effects(),
            **settled.effects(),
            **watch.effects(),
            **shop.effects,
            **disputes.effects(),
            **after.effects(),
        },
    )
