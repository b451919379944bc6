"""Voice calls (语音通知) through Tencent Cloud: ``SendTtsVoice`` of API 2020-09-02, signed with TC3-HMAC-SHA256.

Vendor documents: cloud.tencent.com/document/product/1128/51558 (SendTtsVoice), …/382/52072 (signature v3).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from miniprogram_api.errors import TransportError
from miniprogram_api.http import Answer, Call, HttpClient, read_json, to_json
from miniprogram_api.settings import TencentVoiceConfig
from miniprogram_api.sms import sort_tencent_error, tc3_headers

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
        self._clock = clock

    async def call(self, phone: str, template_id: str, params: Sequence[str]) -> str:
        config = self._config
        body = to_json(
            {
                "TemplateId": template_id,
                "TemplateParamSet": list(params),
                "CalledNumber": phone,
                "VoiceSdkAppid": config.app_id,
                "PlayTimes": 2,
            }
        )
        call = Call(
            api="send_tts_voice",
            method="POST",
            urls=(config.base_url + "/",),
            headers=lambda: self._headers(body),
            body=body,
        )
        return await self._http.call(call, _read)

    def _headers(self, body: bytes) -> Mapping[str, str]:
        config, now = self._config, int(self._clock())
        keys = (config.secret_id, config.secret_key)
        return tc3_headers(*keys, "vms", "SendTtsVoice", _VERSION, config.region, config.base_url, now, body)


def _read(answer: Answer) -> str:
    response = read_json("send_tts_voice", answer).get("Response")
    if not isinstance(response, dict):
        raise TransportError("send_tts_voice", "bad_answer", sent=True)
    error = response.get("Error")
    if isinstance(error, dict):
        raise sort_tencent_error(str(error.get("Code", "Unknown")), str(response.get("RequestId", "")))
    status = response.get("SendStatus")
    if not isinstance(status, dict) or not isinstance(status.get("CallId"), str):
        raise TransportError("send_tts_voice", "bad_answer", sent=True)
    return str(status["CallId"])
