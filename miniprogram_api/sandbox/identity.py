"""Plays Tencent Cloud's checks of identity: persons and faces (faceid), companies (ocr), with TC3-HMAC-SHA256."""

import re
from html import escape
from typing import Any, ClassVar, Literal

from pydantic import Field
from tornado.httputil import HTTPServerRequest
from tornado.routing import PathMatches

from miniprogram_api.sandbox.control import ControlBody, ControlHandler
from miniprogram_api.sandbox.pages import section
from miniprogram_api.sandbox.pages_money import FormPage
from miniprogram_api.sandbox.registers import DESCRIPTIONS
from miniprogram_api.sandbox.sms import TencentHandler
from schemas.credit_codes import is_credit_code

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_NAME = re.compile(r"[\u3400-\u9fff·]{2,32}")


class Asks(PathMatches):
    """A path of Tencent's API with the action in a header."""

    def __init__(self, path: str, action: str) -> None:
        super().__init__(path)
        self._action = action

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return super().match(request) if request.headers.get("X-TC-Action") == self._action else None


class IdCardVerification(TencentHandler):
    endpoint: ClassVar[str] = "id_card_verification"
    action: ClassVar[str] = "IdCardVerification"
    version: ClassVar[str] = "2018-03-01"
    service: ClassVar[str] = "faceid"

    def body_fault(self, body: dict[str, Any]) -> str | None:
        return _faults(body, {"IdCard", "Name"}, {"Encryption"})

    def act(self, body: dict[str, Any]) -> dict[str, Any]:
        number, name = str(body["IdCard"]), str(body["Name"])
        if not _lawful(number):
            result = "-2"
        elif not _NAME.fullmatch(name):
            result = "-3"
        else:
            result = self.world.registers.person_result(number, name)
        self.checks["result"] = result
        return {"Result": result, "Description": DESCRIPTIONS[result]}


class DetectAuth(TencentHandler):
    endpoint: ClassVar[str] = "detect_auth"
    action: ClassVar[str] = "DetectAuth"
    version: ClassVar[str] = "2018-03-01"
    service: ClassVar[str] = "faceid"

    def body_fault(self, body: dict[str, Any]) -> str | None:
        fault = _faults(body, {"RuleId", "IdCard", "Name"}, {"RedirectUrl", "Extra"})
        return fault or _rule_fault(self, body)

    def act(self, body: dict[str, Any]) -> dict[str, Any]:
        registers = self.world.registers
        token = registers.begin_face(str(body["IdCard"]), str(body["Name"]), str(body.get("RedirectUrl", "")))
        host = f"{self.request.protocol}://{self.request.host}"
        return {"BizToken": token, "Url": f"{host}/faces/{token}"}


class GetDetectInfoEnhanced(TencentHandler):
    endpoint: ClassVar[str] = "get_detect_info"
    action: ClassVar[str] = "GetDetectInfoEnhanced"
    version: ClassVar[str] = "2018-03-01"
    service: ClassVar[str] = "faceid"

    def body_fault(self, body: dict[str, Any]) -> str | None:
        fault = _faults(body, {"RuleId", "BizToken"}, {"InfoType"}) or _rule_fault(self, body)
        if fault is None and self.world.registers.face(str(body["BizToken"])) is None:
            return "InvalidParameterValue.BizTokenIllegal"
        return fault

    def act(self, body: dict[str, Any]) -> dict[str, Any]:
        face = self.world.registers.face(str(body["BizToken"]))
        passed = None if face is None else face["passed"]
        code = None if passed is None else 0 if passed else 1
        return {"Text": {"ErrCode": code, "ErrMsg": None if code is None else "成功" if code == 0 else "比对失败"}}


class VerifyBizLicenseEnterprise3(TencentHandler):
    endpoint: ClassVar[str] = "verify_company"
    action: ClassVar[str] = "VerifyBizLicenseEnterprise3"
    version: ClassVar[str] = "2018-11-19"
    service: ClassVar[str] = "ocr"

    def body_fault(self, body: dict[str, Any]) -> str | None:
        fault = _faults(body, {"CreditCode", "EntName", "LrName", "VerifyType"}, set())
        if fault is None and body["VerifyType"] != "ENT_3META":
            return "InvalidParameterValue"
        return fault

    def act(self, body: dict[str, Any]) -> dict[str, Any]:
        code, name, person = str(body["CreditCode"]), str(body["EntName"]), str(body["LrName"])
        if not is_credit_code(code):
            return {"StatusCode": 0, "VerifyResult": 0, "OperatingStatus": "-10002"}
        result, status = self.world.registers.company_result(code, name, person)
        self.checks["result"] = str(result)
        return {"StatusCode": 0, "VerifyResult": result, "OperatingStatus": status}


def _faults(body: dict[str, Any], needed: set[str], further: set[str]) -> str | None:
    if set(body) - needed - further:
        return "UnknownParameter"
    if any(not isinstance(body.get(name), str) or not body[name] for name in needed):
        return "MissingParameter"
    return None


def _rule_fault(handler: TencentHandler, body: dict[str, Any]) -> str | None:
    wanted = handler.world.credentials.face_rule
    return None if body["RuleId"] == wanted else "InvalidParameterValue.RuleIdNotExist"


def _lawful(number: str) -> bool:
    """GB 11643's check digit, reckoned apart from the product's own way: it is here to catch that one's faults."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


# --- the tester's side


class ResidentBody(ControlBody):
    number: str = Field(min_length=18, max_length=18)
    name: str = Field(min_length=1, max_length=32)
    state: Literal["known", "unknown", "busy", "too_often"] = "known"


class EnterpriseBody(ControlBody):
    credit_code: str = Field(min_length=18, max_length=18)
    name: str = Field(min_length=1, max_length=100)
    legal_representative: str = Field(min_length=1, max_length=32)
    status: str = Field("1", pattern=r"^[0-6]$")


class FaceBody(ControlBody):
    passed: bool


class Residents(ControlHandler):
    def post(self) -> None:
        body = self.read(ResidentBody)
        if body is not None:
            self.world.registers.list_person(body.number, body.name, body.state)
            self.send(body.model_dump(), 201)


class Enterprises(ControlHandler):
    def post(self) -> None:
        body = self.read(EnterpriseBody)
        if body is not None:
            registers = self.world.registers
            registers.list_company(body.credit_code, body.name, body.legal_representative, body.status)
            self.send(body.model_dump(), 201)


class Faces(ControlHandler):
    def post(self, token: str) -> None:
        body = self.read(FaceBody)
        if body is None:
            return
        known = self.world.registers.show_face(token, passed=body.passed)
        self.send(
            {"token": token, "passed": body.passed} if known else {"error": "no such flow"}, 200 if known else 404
        )


class FacePage(FormPage):
    """Where the person would look into the camera."""

    def get(self, token: str) -> None:
        face = self.world.registers.face(token)
        if face is None:
            self.show("人脸核身", "<h1>没有这次核身</h1>", status=404)
            return
        said = {None: "请选择这次核身的结果", 1: "核身已通过", 0: "核身未通过"}[face["passed"]]
        back = f'<p><a href="{escape(face["return_url"])}">返回案件空间</a></p>' if face["return_url"] else ""
        buttons = "".join(
            f'<form method="post"><button name="passed" value="{value}">{label}</button></form>'
            for value, label in (("1", "是本人"), ("0", "不是本人"))
        )
        self.show("人脸核身", f"<h1>人脸核身（沙箱）</h1>{section(said, [buttons])}{back}")

    def post(self, token: str) -> None:
        self.world.registers.show_face(token, passed=self.field("passed") == "1")
        self.again()
