"""Orders and payments while things break: what they cause in the record (cards) must come about exactly once."""

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from services.ids import new_id

NEED = {"description": "房东不退押金", "topic": "房产"}
PAUSE = 1.0  # seconds between two orders of one shopper
ANSWER_SECONDS = 4.0
COPIES = 3  # of each of WeChat's notifications


@dataclass(slots=True)
class Shopper:
    """Somebody who orders and pays again and again, repeating every request until it is answered."""

    urls: list[str]
    sandbox_url: str
    token: str
    product_id: str
    paid: list[str] = field(default_factory=list)  # order ids
    faults: list[str] = field(default_factory=list)
    _closing: bool = False
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def finish(self, within: float) -> None:
        """No new order; the one in hand is paid first. Raises TimeoutError."""
        self._closing = True
        if self._task is not None:
            done, _ = await asyncio.wait([self._task], timeout=within)  # it goes on: the caller may ask again
            if not done:
                raise TimeoutError(f"{self.product_id} could not be bought")
            self._task.result()

    async def _run(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(ANSWER_SECONDS)) as http:
            while not self._closing:
                order = await self._until_done(http, "/api/v1/orders", {"product_id": self.product_id, "need": NEED})
                payment = await self._until_done(
                    http, f"/api/v1/orders/{order['id']}/payments", {"method": "wechat_jsapi"}
                )
                number = payment["out_trade_no"]
                status, _ = await self._post(
                    http, f"{self.sandbox_url}/control/payments/{number}/pay", {"times": COPIES}, {}
                )
                if status >= 300:
                    self.faults.append(f"the sandbox answered {status} to the payer")
                self.paid.append(order["id"])
                await asyncio.sleep(PAUSE)

    async def _until_done(self, http: aiohttp.ClientSession, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The same request under the same key, to one process after the other."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": new_id()}
        for url in itertools.cycle(self.urls):
            try:
                status, answer = await self._post(http, url + path, body, headers)
            except (aiohttp.ClientError, TimeoutError):
                status, answer = 503, {}
            if status < 300:
                return answer
            if status < 500 and not answer.get("retryable"):
                self.faults.append(f"POST {path.rsplit('/', 1)[-1]} answered {status} {answer.get('code')}")
                raise RuntimeError(self.faults[-1])
            await asyncio.sleep(0.2)
        raise AssertionError("itertools.cycle ended")

    @staticmethod
    async def _post(
        http: aiohttp.ClientSession, url: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]]:
        async with http.post(url, json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)
