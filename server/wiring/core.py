"""What everything stands on: database, keys, record, sockets, outside connections."""

import asyncio
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import redis.asyncio as redis

from miniprogram_api.access_token import AccessTokens
from miniprogram_api.http import HttpClient, HttpConfig
from miniprogram_api.settings import WeChatConfig
from miniprogram_api.wechat import WeChatClient
from realtime.bells import Bells
from realtime.bus import Bus, NoBus, ValkeyBus, open_client
from realtime.publisher import Publisher
from realtime.sockets import Sockets
from server.metrics import Metrics
from server.process_names import new_name
from server.setting_values import decode_key, decode_keys
from server.settings import Settings
from services.audit import Audit
from services.clock import Clock
from services.files.file_store import FileStore, SecondPlace
from services.files.tickets import Tickets
from services.idempotency import Idempotency
from services.keys import BlindIndex, Vault
from services.ledger.ledger import Ledger
from services.outbox import Outbox
from services.papers.papers import Papers
from services.parking import Parking
from services.rate_limits import RateLimiter
from services.record import Recorder
from services.spaces.cards import Cards
from services.spaces.message_reader import MessageReader
from services.spaces.spaces import Spaces
from services.storage.access_tokens import MongoTokenStore
from services.storage.blobs import Blobs
from services.storage.database import Database
from services.work_items import WorkItems


@dataclass(frozen=True, slots=True)
class Core:
    settings: Settings
    clock: Clock
    process: str  # names this process, differently at every start
    metrics: Metrics
    nudged: asyncio.Event
    database: Database
    blobs: Blobs
    second: SecondPlace  # where recordings lie once more
    vault: Vault
    store: FileStore
    index: BlindIndex
    tickets: Tickets
    valkey: "redis.Redis | None"
    sockets: Sockets
    publisher: Publisher
    bells: Bells
    audit: Audit
    outbox: Outbox
    parking: Parking
    idempotency: Idempotency
    limiter: RateLimiter
    recorder: Recorder
    reader: MessageReader
    spaces: Spaces
    cards: Cards
    http: HttpClient
    wechat: WeChatClient
    ledger: Ledger
    work_items: WorkItems
    papers: Papers

    def tally_content(self, kind: str, state: str) -> None:
        """Count what became of content checks, for operators."""
        self.metrics.content.labels(kind, state).inc()

    def tally_notice(self, channel: str, state: str) -> None:
        """Count how notices ended outside, for operators."""
        self.metrics.notices.labels(channel, state).inc()

    def tally_reading(self, kind: str, outcome: str) -> None:
        """Count what became of files that were to be read, for operators."""
        self.metrics.readings.labels(kind, outcome).inc()

    def tally(self, what: str, which: str) -> None:
        """Count what happened to money, for operators."""
        self.metrics.money_events.labels(what, which).inc()


def build_core(settings: Settings, clock: Clock) -> Core:
    """Opens no connection by itself; must run inside the event loop."""
    process = new_name()
    metrics = Metrics()
    nudged = asyncio.Event()
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    vault = Vault(database, decode_keys(settings.master_keys), clock)
    tickets = Tickets(decode_keys(settings.token_keys), clock)
    valkey = open_client(settings.redis_url.get_secret_value()) if settings.redis_url else None
    sockets = Sockets()
    bus: Bus = ValkeyBus(valkey) if valkey else NoBus()
    publisher = Publisher(sockets, bus, process)
    recorder = Recorder(database, vault, publisher, tickets.file_url, clock)
    http = HttpClient(HttpConfig(), observe=metrics.vendor)
    config = WeChatConfig(
        settings.wechat_appid,
        settings.wechat_secret.get_secret_value(),
        settings.wechat_api_url,
        settings.wechat_program_state,
    )
    tokens = AccessTokens(config, http, MongoTokenStore(database, vault, settings.wechat_appid))
    audit = Audit(database, clock)
    outbox = Outbox(database, nudged.set, clock)
    blobs = _blobs(settings)
    second = second_place(settings, blobs)
    return Core(
        settings=settings,
        clock=clock,
        process=process,
        metrics=metrics,
        nudged=nudged,
        database=database,
        blobs=blobs,
        second=second,
        vault=vault,
        store=FileStore(blobs, vault, second),
        index=BlindIndex(decode_key(settings.index_key)),
        tickets=tickets,
        valkey=valkey,
        sockets=sockets,
        publisher=publisher,
        bells=Bells(publisher, bus, process),
        audit=audit,
        outbox=outbox,
        parking=Parking(database, outbox, clock),
        limiter=RateLimiter(enabled=settings.rate_limits, shared=valkey is not None),
        idempotency=Idempotency(database, vault, clock),
        recorder=recorder,
        reader=MessageReader(database, recorder, tickets.file_url, tickets.held_url),
        spaces=Spaces(database, publisher, clock),
        cards=Cards(recorder),
        http=http,
        wechat=WeChatClient(config, tokens, http),
        ledger=Ledger(database, clock),
        work_items=WorkItems(database, audit, clock),
        papers=Papers(),
    )


def second_place(settings: Settings, blobs: Blobs) -> SecondPlace:
    """A store of its own where one is named; else the same store under other names."""
    if settings.s3_second_url is None:
        return SecondPlace(blobs)
    url = urlsplit(settings.s3_second_url.get_secret_value())
    own = Blobs(
        f"{url.hostname}:{url.port}" if url.port else str(url.hostname),
        unquote(url.username or ""),
        unquote(url.password or ""),
        url.path.strip("/"),
        region=settings.s3_region,
        secure=url.scheme == "https",
    )
    return SecondPlace(own)


def _blobs(settings: Settings) -> Blobs:
    return Blobs(
        settings.s3_endpoint,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        settings.s3_bucket,
        region=settings.s3_region,
        secure=settings.s3_secure,
        public_url=settings.s3_public_url,
    )
