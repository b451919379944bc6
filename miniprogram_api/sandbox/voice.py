"""Plays Tencent Cloud voice calls: ``SendTtsVoice`` with TC3-HMAC-SHA256, errors in HTTP 200."""

import re
import time
import uuid
from typing import Any, ClassVar

from miniprogram_api.sandbox.credentials import VOICE_TEMPLATES
from miniprogram_api.sandbox.people import bare_phone
from miniprogram_api.sandbox.sms import PHONE, TencentHandler

_FIELDS = {"TemplateId", "TemplateParamSet", "CalledNumber", "VoiceSdkAppid", "PlayTimes", "SessionContext"}


class SendTtsVoice(TencentHandler):
    endpoint: ClassVar[str] = "send_tts_voice"
    action: ClassVar[str] = "SendTtsVoice"
    version: ClassVar[str] = "2020-09-02"
    service: ClassVar[str] = "vms"

    def act(self, body: dict[str, Any]) -> dict[str, Any]:
        template = VOICE_TEMPLATES[self._template_name(body)]
        params = list(body.get("TemplateParamSet", []))
        for number, value in enumerate(params, 1):
            template = template.replace(f"{{{number}}}", value)
        self.world.people.store_call(body["CalledNumber"], template, int(body.get("PlayTimes", 2)))
        call_id = str(uuid.uuid4())
        self._report(body["CalledNumber"], call_id)
        return {"SendStatus": {"CallId": call_id, "SessionContext": str(body.get("SessionContext", ""))}}

    def _report(self, phone: str, call_id: str) -> None:
        """Two reports of a call that failed, as the provider makes them."""
        code = self.world.people.unreachable.get(bare_phone(phone))
        who = {"call_from": "", "callid": call_id, "mobile": bare_phone(phone), "nationcode": "86"}
        now = str(int(time.time()))
        state = {"result": "2" if code else "0", "accept_time": "" if code else now, "start_calltime": now}
        state |= {"end_calltime": now, "fee": "0" if code else "1"}
        self.world.notifier.report(call_id, {"voiceprompt_callback": {**who, **state}})
        if code:
            why = {"failure_code": 8, "failure_reason": "空号"}
            self.world.notifier.report(call_id, {"voice_failure_callback": {**who, **why}})

    def body_fault(self, body: dict[str, Any]) -> str | None:
        params, plays = body.get("TemplateParamSet", []), body.get("PlayTimes", 2)
        if set(body) - _FIELDS:
            return "UnknownParameter"
        if body.get("VoiceSdkAppid") != self.world.credentials.voice_app_id:
            return "UnauthorizedOperation.VoiceSdkAppidVerifyFail"
        if not isinstance(body.get("CalledNumber"), str) or not PHONE.fullmatch(body["CalledNumber"]):
            return "InvalidParameterValue.CalledNumberVerifyFail"
        name = self._template_name(body)
        if not name:
            return "FailedOperation.TemplateIncorrectOrUnapproved"
        if not isinstance(params, list) or not all(isinstance(part, str) and part for part in params):
            return "InvalidParameter.TemplateParamSetNotMatchApprovedTemplate"
        if len(params) != len(set(re.findall(r"\{\d+\}", VOICE_TEMPLATES[name]))):
            return "InvalidParameter.TemplateParamSetNotMatchApprovedTemplate"
        return None if plays in (1, 2, 3) else "InvalidParameterValue"

    def _template_name(self, body: dict[str, Any]) -> str:
        names = {known: name for name, known in self.world.credentials.voice_template_ids.items()}
        return names.get(str(body.get("TemplateId")), "")
