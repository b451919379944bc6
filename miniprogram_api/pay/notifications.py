"""WeChat Pay's call-backs: proof first, then decryption, then reading.

Order matters: nothing of a body is parsed before its signature holds. The same notice comes many times, and a
proof says only that WeChat said it: deduplicate by ``event_id``, and compare amount and state with your own order.
Vendor documents: pay.weixin.qq.com/doc/v3, "支付成功回调通知", "退款结果回调通知".
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from miniprogram_api.errors import NotificationRejected
from miniprogram_api.pay.models import Refund, Transaction, read_refund, read_transaction
from miniprogram_api.pay.signing import PlatformKeys, ResourceCipher
from miniprogram_api.settings import PayConfig


@dataclass(frozen=True)
class PaymentNotice:
    """A proven payment notice; ``event_id`` is WeChat's id of the notice, the same in repetitions."""

    event_id: str
    event_type: str
    transaction: Transaction


@dataclass(frozen=True)
class RefundNotice:
    """A proven refund notice; ``event_type`` is REFUND.SUCCESS, REFUND.ABNORMAL or REFUND.CLOSED."""

    event_id: str
    event_type: str
    refund: Refund


class Notifications:
    """Parses call-backs for one merchant. ``headers`` may have names in any case; ``body`` is the raw body.

    ``keys``: pass the door's, so that a key fetched during a switch counts here, too.
    """

    def __init__(
        self, config: PayConfig, clock: Callable[[], float] = time.time, keys: PlatformKeys | None = None
    ) -> None:
        self._config = config
        self._keys = keys or PlatformKeys(config.platform_keys)
        self._cipher = ResourceCipher(config.api_v3_key)
        self._clock = clock

    def payment(self, headers: Mapping[str, str], body: bytes) -> PaymentNotice:
        """Read a payment notice. Raises ``NotificationRejected``."""
        event_id, event_type, data = self._open(headers, body, "TRANSACTION.")
        try:
            transaction = read_transaction(data)
        except ValueError as error:
            raise NotificationRejected("bad_resource") from error
        if transaction.mchid != self._config.mchid:
            raise NotificationRejected("wrong_mchid")
        if transaction.appid != self._config.appid:
            raise NotificationRejected("wrong_appid")
        return PaymentNotice(event_id, event_type, transaction)

    def refund(self, headers: Mapping[str, str], body: bytes) -> RefundNotice:
        """Read a refund notice. Raises ``NotificationRejected``."""
        event_id, event_type, data = self._open(headers, body, "REFUND.")
        if data.get("mchid") != self._config.mchid:
            raise NotificationRejected("wrong_mchid")
        try:
            return RefundNotice(event_id, event_type, read_refund(data, status_field="refund_status"))
        except ValueError as error:
            raise NotificationRejected("bad_resource") from error

    def _open(self, headers: Mapping[str, str], body: bytes, family: str) -> tuple[str, str, dict[str, Any]]:
        lower = {name.lower(): value for name, value in headers.items()}
        self._keys.verify(lower, body, self._clock())
        envelope = _object(body, "bad_json")
        event_id, event_type = envelope.get("id"), envelope.get("event_type")
        resource = envelope.get("resource")
        if not isinstance(event_id, str) or not event_id or not isinstance(resource, dict):
            raise NotificationRejected("bad_json")
        if not isinstance(event_type, str) or not event_type.startswith(family):
            raise NotificationRejected("unexpected_event")
        return event_id, event_type, _object(self._cipher.decrypt(resource), "bad_resource")


def _object(raw: bytes, reason: str) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise NotificationRejected(reason) from error
    if not isinstance(value, dict):
        raise NotificationRejected(reason)
    return value
