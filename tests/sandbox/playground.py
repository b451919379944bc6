"""A sandbox in the test's own process, a stand-in product that it calls back, and the shipping clients between."""

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.web import Application, RequestHandler

from miniprogram_api.access_token import AccessTokens
from miniprogram_api.errors import PayError
from miniprogram_api.http import HttpClient, HttpConfig, Outcome
from miniprogram_api.pay import Notifications, PayClient
from miniprogram_api.push import PushCodec
from miniprogram_api.sandbox.app import build_app, build_world
from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.settings import PayConfig, PushConfig, TencentSmsConfig, WeChatConfig
from miniprogram_api.sms import TencentSmsSender
from miniprogram_api.wechat import WeChatClient
from tests.memory_tokens import MemoryTokenStore
from tests.patience import PATIENCE, until

HOST = "127.0.0.1"


@dataclass
class Received:
    """One request that the stand-in product got."""

    path: str
    headers: dict[str, str]
    query: dict[str, str]
    body: bytes


@dataclass
class Product:
    """A product that answers as told: ``answers`` holds (status, body) for the next requests, then ``success``."""

    received: list[Received] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    base_url: str = ""

    async def wait_for(self, count: int, seconds: float = PATIENCE) -> list[Received]:
        """The requests so far, once there are ``count``."""
        await until(lambda: len(self.received) >= count, seconds)
        return self.received


async def refusal(call: Any) -> PayError:
    """The refusal that a call to WeChat Pay must end in."""
    with pytest.raises(PayError) as caught:
        await call
    return caught.value


class _Receiver(RequestHandler):
    def initialize(self, product: Product) -> None:
        self.product = product

    def post(self) -> None:
        query = {name: values[-1].decode() for name, values in self.request.query_arguments.items()}
        headers = dict(self.request.headers.get_all())
        self.product.received.append(Received(self.request.path, headers, query, self.request.body))
        status, body = self.product.answers.pop(0) if self.product.answers else (200, b"success")
        self.set_status(status)
        self.finish(body)


class Playground:
    """Everything running; ``close`` ends it. Clients are built from the variables that the product would get."""

    def __init__(self, data: Path, *, speed: float = 1000.0) -> None:
        self.product = Product()
        product_server = HTTPServer(Application([(r"/.*", _Receiver, {"product": self.product})]))
        self.product.base_url = _listen(product_server)
        self.world = build_world(data, self.product.base_url, speed)
        sandbox_server = HTTPServer(build_app(self.world))
        self.url = _listen(sandbox_server)
        self._servers = (product_server, sandbox_server)
        self._client = SimpleAsyncHTTPClient(force_instance=True, max_clients=100)
        self.outcomes: list[Outcome] = []
        self.http = HttpClient(HttpConfig(backoff=0.01), self.outcomes.append)
        self.wechat_config = WeChatConfig(self.credentials.appid, self.credentials.secret, self.url)
        self.store = MemoryTokenStore()
        self.tokens = AccessTokens(self.wechat_config, self.http, self.store)
        self.wechat = WeChatClient(self.wechat_config, self.tokens, self.http)
        self.pay_config = pay_config(self.credentials, self.url)
        self.notifications = Notifications(self.pay_config)
        self.codec = PushCodec(push_config(self.credentials))
        self.sms = TencentSmsSender(sms_config(self.credentials, self.url), self.http)

    @property
    def credentials(self) -> SandboxCredentials:
        return self.world.credentials

    @cached_property
    def pay(self) -> PayClient:
        """Made when a test asks: loading the merchant's key costs more than most tests."""
        return PayClient(self.pay_config, self.http)

    @property
    def notify_url(self) -> str:
        return f"{self.product.base_url}/notify"

    async def close(self) -> None:
        self._client.close()
        self.http.close()
        for server in self._servers:
            server.stop()
            await server.close_all_connections()
        await self.world.stop()

    async def fetch(self, method: str, path: str, body: Any = None, **options: Any) -> HTTPResponse:
        """A bare request to the sandbox; ``body`` bytes as they are, anything else as JSON."""
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = HTTPRequest(
            self.url + path,
            method=method,
            body=raw if raw is not None or method != "POST" else b"",
            allow_nonstandard_methods=True,
            **options,
        )
        return await self._client.fetch(request, raise_error=False)

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        """A control call that must succeed; its JSON, or None."""
        response = await self.fetch(method, f"/control/{path}", body)
        assert 200 <= response.code < 300, (response.code, response.body)
        return json.loads(response.body) if response.body else None

    async def user(self, phone: str = "13800000001") -> str:
        """Register a user; the openid."""
        user = await self.control("POST", "users", {"phone": phone, "nickname": "张三"})
        return str(user["openid"])

    async def order(self, number: str = "order00001", fen: int = 29900, **values: Any) -> tuple[str, str]:
        """Place an order as the product would: (openid, prepay_id)."""
        openid = values.pop("openid", None) or await self.user()
        prepay_id = await self.pay.prepay_jsapi(
            out_trade_no=number,
            description=values.pop("description", "法律咨询"),
            amount_fen=fen,
            openid=openid,
            notify_url=values.pop("notify_url", self.notify_url),
            **values,
        )
        return openid, prepay_id

    async def log(self, endpoint: str) -> list[dict[str, Any]]:
        return list((await self.control("GET", f"log?endpoint={endpoint}"))["items"])


def pay_config(credentials: SandboxCredentials, url: str, **changes: Any) -> PayConfig:
    """The merchant's configuration, read from the files and variables that the product gets."""
    variables = credentials.product_variables(url)
    files = dict(pair.split(":", 1) for pair in variables["CASESPACE_PAY_PLATFORM_KEYS"].split(","))
    config = PayConfig(
        appid=variables["CASESPACE_WECHAT_APPID"],
        mchid=variables["CASESPACE_PAY_MCHID"],
        merchant_serial=variables["CASESPACE_PAY_MERCHANT_SERIAL"],
        merchant_private_key_pem=Path(variables["CASESPACE_PAY_PRIVATE_KEY_FILE"]).read_text(),
        api_v3_key=variables["CASESPACE_PAY_API_V3_KEY"],
        platform_keys={serial: Path(path).read_text() for serial, path in files.items()},
        base_url=url,
        failover_base_url=None,
    )
    return replace(config, **changes)


def push_config(credentials: SandboxCredentials) -> PushConfig:
    return PushConfig(credentials.appid, credentials.push_token, credentials.push_aes_key)


def sms_config(credentials: SandboxCredentials, url: str, **changes: Any) -> TencentSmsConfig:
    config = TencentSmsConfig(
        secret_id=credentials.sms_secret_id,
        secret_key=credentials.sms_secret_key,
        app_id=credentials.sms_app_id,
        sign_name=credentials.sms_sign_name,
        base_url=url,
    )
    return replace(config, **changes)


def _listen(server: HTTPServer) -> str:
    sockets = bind_sockets(0, HOST)
    server.add_sockets(sockets)
    return f"http://{HOST}:{sockets[0].getsockname()[1]}"
