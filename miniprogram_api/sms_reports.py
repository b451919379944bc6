"""What became of an SMS, asked of Tencent Cloud: ``PullSmsSendStatusByPhoneNumber`` of API 2021-01-11.

Vendor document: tencentcloud.com/document/api/382/40518. Its reports by call-back bear no signature; what it
answers here does come from it.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from miniprogram_api.errors import TransportError
from miniprogram_api.http import Answer, HttpClient
from miniprogram_api.settings import TencentSmsConfig
from miniprogram_api.sms import VERSION, sort_tencent_error
from miniprogram_api.tencent_cloud import TencentApi, response_of

_MOST = 100  # entries of one answer, of the newest seven days
_SKEW = 60  # seconds that the provider's clock may be behind
_NAME = "sms_status"


class TencentSmsReports:
    def __init__(self, config: TencentSmsConfig, http: HttpClient, clock: Callable[[], float] = time.time) -> None:
        self._config = config
        self._http = http
        keys = (config.secret_id, config.secret_key)
        self._api = TencentApi(*keys, "sms", VERSION, config.base_url, config.region, clock)

    async def arrived(self, phone: str, serial: str, since: datetime) -> bool | None:
        """Whether the message ``serial`` to ``phone`` (E.164) reached it; None: nothing is known of it (yet).

        Raises ``SmsError``/``TransportError``.
        """
        wanted = {
            "BeginTime": int(since.timestamp()) - _SKEW,
            "Offset": 0,
            "Limit": _MOST,
            "PhoneNumber": phone,
            "SmsSdkAppId": self._config.app_id,
        }
        statuses = await self._http.call(self._api.call(_NAME, "PullSmsSendStatusByPhoneNumber", wanted), _read)
        found = next((one for one in statuses if one.get("SerialNo") == serial), None)
        return None if found is None else found.get("ReportStatus") == "SUCCESS"


def _read(answer: Answer) -> list[dict[str, Any]]:
    statuses = response_of(_NAME, answer, sort_tencent_error).get("PullSmsSendStatusSet")
    if not isinstance(statuses, list) or not all(isinstance(one, dict) for one in statuses):
        raise TransportError(_NAME, "bad_answer", sent=True)
    return statuses
