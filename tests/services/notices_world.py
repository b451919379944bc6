"""The services of notices on a database of their own, with time held still and sockets recorded."""

import base64
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from miniprogram_api.access_token import AccessTokens
from miniprogram_api.http import HttpClient, HttpConfig
from miniprogram_api.push import PushCodec
from miniprogram_api.sandbox.crypto import push_encrypt, push_signature
from miniprogram_api.settings import PushConfig, WeChatConfig
from miniprogram_api.wechat import WeChatClient
from schemas.documents.ledgers import NoticeDocument, OutboxDocument
from schemas.enums import NoticeChannel, NoticeKind, Role
from server.settings import Settings
from services.actors import Actor
from services.audit import Audit
from services.ids import new_id
from services.notices.attention import Attention
from services.notices.bursts import Bursts
from services.notices.customer_windows import CustomerWindows
from services.notices.deliveries import Deliveries
from services.notices.notices import Notices
from services.notices.pushes import Pushes
from services.notices.subscription_messages import Sender, SubscriptionMessages
from services.notices.subscriptions import Subscriptions
from services.notices.tracks import Tracks
from services.notices.ways import Way
from services.notices.wishes import Wishes
from services.outbox import Outbox
from services.storage.database import Database
from services.storage.indexes import apply
from tests.memory_tokens import MemoryTokenStore
from tests.patience import PATIENCE
from tests.recorded_live import RecordedLive

AFTER = timedelta(seconds=10)
SETTLE = timedelta(seconds=60)
TEMPLATES = {"new_message": "T-message", "order_status": "T-status", "payment": "T-payment"}
PUSH = PushConfig(
    "wx" + secrets.token_hex(8),
    secrets.token_hex(12),
    base64.b64encode(secrets.token_bytes(32)).decode().rstrip("="),
)


class HeldClock:
    """Time that moves only when a test says so."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class NobodySends:
    """For tests in which nothing may go out."""

    async def send_subscribe_message(
        self, openid: str, template_id: str, page: str, data: Mapping[str, str]
    ) -> str | None:
        raise AssertionError("nothing was to be sent")


@dataclass
class World:
    database: Database
    clock: HeldClock
    live: RecordedLive
    outbox: Outbox
    audit: Audit
    notices: Notices
    subscriptions: Subscriptions
    messages: SubscriptionMessages
    windows: CustomerWindows
    pushes: Pushes
    attention: Attention
    wishes: Wishes
    openids: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    ways: dict[NoticeChannel, Way] = field(default_factory=dict)  # beside WeChat's subscription messages

    def deliveries(self, messages: SubscriptionMessages | None = None) -> Deliveries:
        """What the worker runs, with ``messages`` as the first way."""
        bursts, tracks = Bursts(self.database, self.audit, self.clock), Tracks(self.database, self.audit, self.clock)
        ways = {NoticeChannel.WECHAT: messages or self.messages, **self.ways}
        return Deliveries(self.database, self.outbox, ways, self.wishes, bursts, tracks, self.clock)

    def person(self, openid: str | None = None) -> str:
        """A new user, with a WeChat identity when ``openid`` is given."""
        user_id = new_id()
        if openid is not None:
            self.openids[user_id] = openid
        return user_id

    def messages_by(self, sender: Sender) -> SubscriptionMessages:
        """Another worker, whose messages go out by ``sender``."""

        async def openid_of(user_id: str) -> str | None:
            return self.openids.get(user_id)

        return SubscriptionMessages(
            self.database,
            self.outbox,
            self.subscriptions,
            sender,
            openid_of,
            Tracks(self.database, self.audit, self.clock),
            self.clock,
            SETTLE,
        )

    async def tell(self, user_id: str, fact: str = "order:1:accepted", kind: str = "order_accepted") -> bool:
        return await self.notices.tell(
            user_id,
            NoticeKind(kind),
            fact,
            title="律师已接单",
            text="您的订单已由律师接单",
            link="/orders/665f00000000000000000001",
            values={"number": "CS20261121001", "service": "合同审查", "amount_fen": "19900"},
        )

    async def notice(self, user_id: str) -> NoticeDocument:
        """The only notice of a user."""
        (notice,) = await self.database.notices.find({"user_id": user_id}).to_list()
        return notice

    async def state(self, user_id: str) -> str:
        return (await self.notice(user_id))["channels"]["wechat"]["state"]

    async def debt(self, user_id: str) -> OutboxDocument:
        """The first outbox row of a user's only notice."""
        notice = await self.notice(user_id)
        row = await self.database.outbox.find_one({"payload.notice_id": notice["_id"]}, sort=[("_id", 1)])
        assert row is not None
        return row

    async def work(self, messages: SubscriptionMessages | None = None) -> int:
        """What the worker does in one round; faults that it would log go to ``faults``."""

        def report(row: OutboxDocument, fault: Exception, parked: bool) -> None:
            self.faults.append(f"{fault}{' (parked)' if parked else ''}")

        return await self.outbox.run_due(self.deliveries(messages).effects(), report)

    async def actions(self, subject: str) -> list[str]:
        """The audit trail of a subject."""
        rows = await self.database.audit.find({"subject": subject}).sort("_id", 1).to_list()
        return [row["action"] for row in rows]


@asynccontextmanager
async def open_world(settings: Settings, *, sender: Sender | None = None) -> AsyncIterator[World]:
    """A world without WeChat: templates and push keys of its own, ``sender`` stands for sending."""
    async with _world(settings, TEMPLATES, PUSH, sender or NobodySends()) as world:
        yield world


@asynccontextmanager
async def open_sandbox_world(settings: Settings) -> AsyncIterator[World]:
    """A world whose messages go to the sandbox that the settings name, by the shipping client."""
    http = HttpClient(HttpConfig(connect_timeout=10, request_timeout=PATIENCE, backoff=0.01))
    config = WeChatConfig(
        settings.wechat_appid, settings.wechat_secret.get_secret_value(), settings.wechat_api_url, "developer"
    )
    push = PushConfig(
        settings.wechat_appid,
        settings.wechat_push_token.get_secret_value(),
        settings.wechat_push_aes_key.get_secret_value(),
    )
    wechat = WeChatClient(config, AccessTokens(config, http, MemoryTokenStore()), http)
    try:
        async with _world(settings, settings.wechat_templates, push, wechat) as world:
            yield world
    finally:
        http.close()


@asynccontextmanager
async def _world(
    settings: Settings, templates: Mapping[str, str], push: PushConfig, sender: Sender
) -> AsyncIterator[World]:
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    await apply(database)
    clock, live, openids = HeldClock(), RecordedLive(), dict[str, str]()

    async def openid_of(user_id: str) -> str | None:
        return openids.get(user_id)

    async def user_of(openid: str) -> str | None:
        return next((user_id for user_id, known in openids.items() if known == openid), None)

    audit = Audit(database, clock)
    outbox = Outbox(database, lambda: None, clock)
    notices = Notices(database, outbox, live, audit, templates, clock)
    subscriptions = Subscriptions(database, audit, templates, clock)
    messages = SubscriptionMessages(
        database, outbox, subscriptions, sender, openid_of, Tracks(database, audit, clock), clock, SETTLE
    )
    windows = CustomerWindows(database, clock)
    pushes = Pushes(database, PushCodec(push), subscriptions, messages, windows, user_of, clock=clock)
    attention = Attention(database, notices, live, AFTER, clock)
    try:
        yield World(
            database,
            clock,
            live,
            outbox,
            audit,
            notices,
            subscriptions,
            messages,
            windows,
            pushes,
            attention,
            Wishes(database, audit, clock),
            openids,
        )
    finally:
        await database.close()


def signed_push(event: Mapping[str, Any], push: PushConfig = PUSH) -> tuple[dict[str, str], bytes]:
    """The query and the body of a push as WeChat would send it in safe mode."""
    sealed = push_encrypt(push.aes_key, push.appid, json.dumps(event, ensure_ascii=False).encode())
    stamp, nonce = "1795276800", secrets.token_hex(6)
    query = {"timestamp": stamp, "nonce": nonce, "msg_signature": push_signature(push.token, stamp, nonce, sealed)}
    return query, json.dumps({"ToUserName": "gh_test", "Encrypt": sealed}).encode()


def decision(openid: str, template_id: str, status: str, at: int, event: str = "popup") -> dict[str, Any]:
    """WeChat's event about a user's answer; ``at`` tells events apart."""
    return {
        "FromUserName": openid,
        "CreateTime": at,
        "MsgType": "event",
        "Event": f"subscribe_msg_{event}_event",
        "List": [{"TemplateId": template_id, "SubscribeStatusString": status, "PopupScene": "0"}],
    }


def actor(user_id: str, *roles: Role) -> Actor:
    return Actor(user_id, frozenset(roles or (Role.CLIENT,)), "session")
