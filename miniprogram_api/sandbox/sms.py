"""Plays Tencent Cloud SMS: ``SendSms`` with TC3-HMAC-SHA256, errors in HTTP 200."""

import re
import time
import uuid
from datetime import datetime
from typing import Any, ClassVar

from miniprogram_api.sandbox.clock import CHINA
from miniprogram_api.sandbox.credentials import SMS_TEMPLATES
from miniprogram_api.sandbox.crypto import tc3_fault
from miniprogram_api.sandbox.faults import Fault
from miniprogram_api.sandbox.people import bare_phone
from miniprogram_api.sandbox.web import VendorHandler

PHONE = re.compile(r"\+861[3-9]\d{9}")
_FIELDS = {"PhoneNumberSet", "SmsSdkAppId", "TemplateId", "SignName", "TemplateParamSet", "SessionContext"}


class TencentHandler(VendorHandler):
    """What every action of Tencent Cloud's API 3.0 has in common: the signature, and errors in HTTP 200."""

    action: ClassVar[str]
    version: ClassVar[str]
    service: ClassVar[str]

    def post(self) -> None:
        fault = self._request_fault()
        self.checks["signature"] = fault or "ok"
        body = self.json_body()
        if fault is None:
            fault = "InvalidParameter" if body is None else self.body_fault(body)
            self.checks["fields"] = fault or "ok"
        if fault is not None or body is None:
            self.outcome = fault or "InvalidParameter"
            self.respond({"Error": {"Code": self.outcome, "Message": "refused by the sandbox"}})
            return
        self.respond(self.act(body))

    def act(self, body: dict[str, Any]) -> dict[str, Any]:
        """Do what a lawful request asks for; the response without its RequestId."""
        raise NotImplementedError

    def body_fault(self, body: dict[str, Any]) -> str | None:
        """The provider's code for an unlawful body, or None."""
        raise NotImplementedError

    def respond(self, response: dict[str, Any]) -> None:
        self.answer(200, {"Response": {**response, "RequestId": self.rid}})

    def answer_fault(self, fault: Fault) -> None:
        code = str(fault.errcode or "InternalError.OtherError")
        self.outcome = code
        error = {"Error": {"Code": code, "Message": "fault set by the tester"}, "RequestId": self.rid}
        self.reply(fault.status or 200, {"Response": error})

    def _request_fault(self) -> str | None:
        headers = {name.lower(): value for name, value in self.request.headers.get_all()}
        if headers.get("x-tc-action") != self.action:
            return "InvalidAction"
        if headers.get("x-tc-version") != self.version:
            return "NoSuchVersion"
        if not headers.get("x-tc-region"):
            return "MissingParameter"
        keys = self.world.credentials
        return tc3_fault(headers, self.request.body, keys.sms_secret_id, keys.sms_secret_key, time.time(), self.service)


class SendSms(TencentHandler):
    endpoint: ClassVar[str] = "send_sms"
    action: ClassVar[str] = "SendSms"
    version: ClassVar[str] = "2021-01-11"
    service: ClassVar[str] = "sms"

    def act(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"SendStatusSet": [self._send(phone, body) for phone in body["PhoneNumberSet"]]}

    def body_fault(self, body: dict[str, Any]) -> str | None:
        if set(body) - _FIELDS:
            return "UnknownParameter"
        phones, params = body.get("PhoneNumberSet"), body.get("TemplateParamSet", [])
        if not isinstance(phones, list) or not 1 <= len(phones) <= 200:
            return "InvalidParameterValue.ContentLengthLimit" if phones else "MissingParameter"
        if body.get("SmsSdkAppId") != self.world.credentials.sms_app_id:
            return "UnauthorizedOperation.SmsSdkAppIdVerifyFail"
        if body.get("SignName") != self.world.credentials.sms_sign_name:
            return "FailedOperation.SignatureIncorrectOrUnapproved"
        text = self._template(body.get("TemplateId"))
        if text is None:
            return "FailedOperation.TemplateIncorrectOrUnapproved"
        if not isinstance(params, list) or not all(isinstance(part, str) and part for part in params):
            return "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"
        if len(params) != len(set(re.findall(r"\{\d+\}", text))):
            return "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
        return None

    def _report(self, phone: str, serial: str) -> dict[str, str]:
        code = self.world.people.unreachable.get(bare_phone(phone))
        return {
            "user_receive_time": datetime.now(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            "nationcode": "86",
            "mobile": bare_phone(phone),
            "report_status": "FAIL" if code else "SUCCESS",
            "errmsg": code or "DELIVRD",
            "description": "用户未收到短信" if code else "用户短信送达成功",
            "sid": serial,
        }

    def _template(self, template_id: object) -> str | None:
        names = {known: name for name, known in self.world.credentials.sms_template_ids.items()}
        name = names.get(str(template_id))
        return None if name is None else SMS_TEMPLATES[name]

    def _send(self, phone: object, body: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(phone, str) or not PHONE.fullmatch(phone):
            code = "InvalidParameterValue.IncorrectPhoneNumber"
            self.outcome = code
            return {"SerialNo": "", "PhoneNumber": str(phone), "Fee": 0, "Code": code, "Message": "refused"}
        text, params = self._template(body["TemplateId"]) or "", list(body.get("TemplateParamSet", []))
        for number, value in enumerate(params, 1):
            text = text.replace(f"{{{number}}}", value)
        self.world.people.store_sms(phone, body["TemplateId"], params, f"【{body['SignName']}】{text}")
        serial = uuid.uuid4().hex
        report = self._report(phone, serial)
        self.world.people.remember_report(phone, {**report, "sent_at": str(int(time.time()))})
        self.world.notifier.report(serial, [report])
        return {
            "SerialNo": serial,
            "PhoneNumber": phone,
            "Fee": 1,
            "SessionContext": str(body.get("SessionContext", "")),
            "Code": "Ok",
            "Message": "send success",
            "IsoCode": "CN",
        }


class SmsStatus(TencentHandler):
    endpoint: ClassVar[str] = "sms_status"
    action: ClassVar[str] = "PullSmsSendStatusByPhoneNumber"
    version: ClassVar[str] = "2021-01-11"
    service: ClassVar[str] = "sms"

    def act(self, body: dict[str, Any]) -> dict[str, Any]:
        reports = [
            {
                "SerialNo": one["sid"],
                "PhoneNumber": body["PhoneNumber"],
                "CountryCode": one["nationcode"],
                "SubscriberNumber": one["mobile"],
                "ReportStatus": one["report_status"],
                "Description": one["errmsg"],
                "UserReceiveTime": int(one["sent_at"]),
                "SessionContext": "",
            }
            for one in self.world.people.reports(body["PhoneNumber"])
            if int(one["sent_at"]) >= body["BeginTime"]
        ]
        return {"PullSmsSendStatusSet": reports[: body["Limit"]]}

    def body_fault(self, body: dict[str, Any]) -> str | None:
        if set(body) - {"BeginTime", "EndTime", "Offset", "Limit", "PhoneNumber", "SmsSdkAppId"}:
            return "UnknownParameter"
        if body.get("SmsSdkAppId") != self.world.credentials.sms_app_id:
            return "UnauthorizedOperation.SmsSdkAppIdVerifyFail"
        if not isinstance(body.get("PhoneNumber"), str) or not PHONE.fullmatch(body["PhoneNumber"]):
            return "InvalidParameterValue.IncorrectPhoneNumber"
        begin, limit = body.get("BeginTime"), body.get("Limit")
        if not isinstance(begin, int) or not time.time() - 7 * 86_400 <= begin:
            return "InvalidParameterValue.BeginTimeVerifyFail"
        if body.get("Offset") != 0 or not isinstance(limit, int) or not 1 <= limit <= 100:
            return "InvalidParameterValue.LimitVerifyFail"
        return None
