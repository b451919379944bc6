"""Voice calls (语音通知) through Tencent Cloud: ``SendTtsVoice`` of API 2020-09-02.

Vendor document: cloud.tencent.com/document/product/1128/51558 (SendTtsVoice).
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from miniprogram_api.errors import TransportError
from miniprogram_api.http import Answer, HttpClient
from miniprogram_api.settings import TencentVoiceConfig
from miniprogram_api.sms import sort_tencent_error
from miniprogram_api.tencent_cloud import TencentApi, response_of

_VERSION = "2020-09-02"


class VoiceCaller(Protocol):
    """What the product needs of a provider of voice calls."""

    async def call(self, phone: str, template_id: str, params: Sequence[str]) -> str:
        """Ring ``phone`` (E.164) and read the template out; the provider's number of the call.

        Raises ``SmsError``/``TransportError``.
        """
        ...


class TencentVoiceCaller:
    """``VoiceCaller`` over Tencent Cloud. Never repeated after it may have arrived: nobody wants to be rung twice."""

    def __init__(self, config: TencentVoiceConfig, http: HttpClient, clock: Callable[[], float] = time.time) -> None:
        self._config = config
        self._http = http
        keys = (config.secret_id, config.secret_key)
        self._api = TencentApi(*keys, "vms", _VERSION, config.base_url, config.region, clock)

    async def call(self, phone: str, template_id: str, params: Sequence[str]) -> str:
        wanted = {
            "TemplateId": template_id,
            "TemplateParamSet": list(params),
            "CalledNumber": phone,
            "VoiceSdkAppid": self._config.app_id,
            "PlayTimes": 2,
        }
        return await self._http.call(self._api.call("send_tts_voice", "SendTtsVoice", wanted), _read)


def _read(answer: Answer) -> str:
    response = response_of("send_tts_voice", answer, sort_tencent_error)
    status = response.get("SendStatus")
    if not isinstance(status, dict) or not isinstance(status.get("CallId"), str):
        raise TransportError("send_tts_voice", "bad_answer", sent=True)
    return str(status["CallId"])
