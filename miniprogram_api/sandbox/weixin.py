"""Plays ``api.weixin.qq.com``: HTTP 200 with ``errcode``, and every check that WeChat makes."""

import hmac
import re
import time
from typing import Any, ClassVar

from miniprogram_api import template_fields
from miniprogram_api.sandbox.credentials import SUBSCRIBE_TEMPLATES
from miniprogram_api.sandbox.faults import Fault
from miniprogram_api.sandbox.web import VendorHandler, numeric

_TEXTS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40008: "invalid message type",
    40066: "invalid url",
    40129: "invalid scene",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    61010: "code is expired",
    40013: "invalid appid",
    40029: "invalid code",
    40037: "invalid template_id",
    40097: "invalid args",
    40125: "invalid appsecret",
    40163: "code been used",
    40226: "code blocked",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    41030: "invalid page",
    42001: "access_token expired",
    43002: "require POST method",
    43101: "user refuse to accept the msg",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, please retry next minute",
    47001: "data format error",
    47003: "argument invalid!",
    87009: "invalid signature",
}
_PAGE = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*(\?[^\s#]*)?")


class WeixinHandler(VendorHandler):
    """Common form of WeChat's answers."""

    endpoint: ClassVar[str] = ""

    def fail(self, errcode: int, text: str = "") -> None:
        """Answer with an error; ``text`` goes before the request id."""
        message = text or _TEXTS.get(errcode, "system error")
        self.outcome = str(errcode)
        self.answer(200, {"errcode": errcode, "errmsg": f"{message} rid: {self.rid}"})

    def answer_fault(self, fault: Fault) -> None:
        errcode = numeric(fault.errcode)
        self.outcome = str(errcode if errcode is not None else fault.status)
        if errcode is None:
            self.reply(fault.status or 500, {"errcode": -1, "errmsg": f"system error rid: {self.rid}"})
            return
        message = _TEXTS.get(errcode, "fault set by the tester")
        self.reply(fault.status or 200, {"errcode": errcode, "errmsg": f"{message} rid: {self.rid}"})

    def token_ok(self) -> bool:
        """Check ``access_token``; answers itself when it does not hold."""
        errcode = self.world.tokens.fault(self.get_query_argument("access_token", ""))
        self.checks["access_token"] = str(errcode) if errcode else "ok"
        if errcode:
            self.fail(errcode)
        return not errcode

    def app_fault(self, appid: object, secret: object) -> int:
        """0, or the errcode for these credentials of the mini-program."""
        credentials = self.world.credentials
        if not appid or not secret:
            return 41004 if appid else 41002
        if appid != credentials.appid:
            return 40013
        return 0 if hmac.compare_digest(str(secret), credentials.secret) else 40125


class CodeToSession(WeixinHandler):
    endpoint = "jscode2session"

    def get(self) -> None:
        arguments = {name: self.get_query_argument(name, "") for name in ("appid", "secret", "js_code")}
        errcode = self.app_fault(arguments["appid"], arguments["secret"])
        self.checks["app"] = str(errcode) if errcode else "ok"
        if errcode:
            return self.fail(errcode)
        if self.get_query_argument("grant_type", "") != "authorization_code":
            return self.fail(40002)
        if not arguments["js_code"]:
            return self.fail(41008)
        openid, verdict = self.world.people.take_code("login", arguments["js_code"])
        self.checks["code"] = verdict
        if openid is None:
            return self.fail(40163 if verdict == "used" else 40029)
        self.world.content.seen(openid)
        return self.answer(200, {"openid": openid, "session_key": self.world.people.new_session(openid)})


class StableToken(WeixinHandler):
    endpoint = "stable_token"

    def post(self) -> None:
        body = self.json_body()
        if body is None:
            return self.fail(47001)
        if body.get("grant_type") != "client_credential":
            return self.fail(40002)
        errcode = self.app_fault(body.get("appid"), body.get("secret"))
        self.checks["app"] = str(errcode) if errcode else "ok"
        if errcode:
            return self.fail(errcode)
        force = body.get("force_refresh", False)
        if not isinstance(force, bool):
            return self.fail(40097)
        self.checks["mode"] = "force" if force else "normal"
        token = self.world.tokens.issue(force=force)
        return self.fail(45009) if token is None else self.answer(200, token)


class PhoneNumber(WeixinHandler):
    endpoint = "getuserphonenumber"

    def post(self) -> None:
        if not self.token_ok():
            return None
        body = self.json_body()
        if body is None or not isinstance(body.get("code"), str):
            return self.fail(47001)
        openid, verdict = self.world.people.take_code("phone", body["code"])
        self.checks["code"] = verdict
        user = self.world.people.get(openid) if openid else None
        if user is None:
            return self.fail(40029)
        info = {
            "phoneNumber": user["phone"],
            "purePhoneNumber": user["phone"],
            "countryCode": "86",
            "watermark": {"timestamp": int(time.time()), "appid": self.world.credentials.appid},
        }
        return self.answer(200, {"errcode": 0, "errmsg": "ok", "phone_info": info})


class SubscribeSend(WeixinHandler):
    endpoint = "subscribe_send"

    async def post(self) -> None:
        if not self.token_ok():
            return
        body = self.json_body()
        if body is None:
            self.fail(47001)
            return
        refusal = self._refusal(body)
        if refusal is not None:
            self.fail(*refusal)
            return
        openid, template_id = body["touser"], body["template_id"]
        left = self.world.people.credits(openid, template_id)
        self.checks["credit"] = str(left)
        if left < 1:
            self.fail(43101)
            return
        self.world.people.set_credits(openid, template_id, left - 1)
        msgid = self._store(body)
        self.answer(200, {"errcode": 0, "errmsg": "ok", "msgid": msgid})
        await self.world.notifier.push(self._sent_event(openid, template_id, msgid))

    def _refusal(self, body: dict[str, Any]) -> tuple[int, str] | None:
        if self.world.people.get(str(body.get("touser", ""))) is None:
            return 40003, ""
        names = {template_id: name for name, template_id in self.world.credentials.template_ids.items()}
        name = names.get(str(body.get("template_id", "")))
        if name is None:
            return 40037, ""
        page = body.get("page", "")
        if not isinstance(page, str) or (page and not _PAGE.fullmatch(page)):
            return 41030, ""
        if body.get("miniprogram_state", "formal") not in ("developer", "trial", "formal"):
            return 40097, ""
        fault = field_fault(SUBSCRIBE_TEMPLATES[name], body.get("data"))
        self.checks["fields"] = fault or "ok"
        return (47003, f"argument invalid! {fault}") if fault else None

    def _store(self, body: dict[str, Any]) -> int:
        data = {name: str(part["value"]) for name, part in body["data"].items()}
        return self.world.people.store_message(
            body["touser"],
            body["template_id"],
            str(body.get("page", "")),
            data,
            str(body.get("miniprogram_state", "formal")),
        )

    def _sent_event(self, openid: str, template_id: str, msgid: int) -> dict[str, Any]:
        row = {"TemplateId": template_id, "MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"}
        return {
            "FromUserName": openid,
            "CreateTime": self.world.people.next_event_time(openid),
            "MsgType": "event",
            "Event": "subscribe_msg_sent_event",
            "List": row,
        }


def field_fault(fields: tuple[str, ...], data: object) -> str:
    """What is wrong with a message's data for a template with ``fields``, naming the field; "" when nothing."""
    if not isinstance(data, dict):
        return "data is empty"
    for name in fields:
        part = data.get(name)
        if not isinstance(part, dict) or not isinstance(part.get("value"), str):
            return f"data.{name}.value is empty"
        try:
            template_fields.check(template_fields.kind_of(name), part["value"])
        except template_fields.FieldError as error:
            return f"data.{name}.value invalid ({error.reason})"
    extra = sorted(set(data) - set(fields))
    return f"data.{extra[0]}.value is not a field of the template" if extra else ""
