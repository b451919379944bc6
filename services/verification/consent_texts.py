"""The texts that applicants agree to (个人信息保护法 14, 17, 23, 28–30). Pure data.

Purpose, way, kinds, necessity, effect, who else receives them, how long, rights. Who receives them depends on how this
deployment checks people, so a text names its receiver, and so does its version: somebody who agreed that a person here
looks has not agreed that a cloud does.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from schemas.verification_enums import VerificationKind


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is sent names and numbers to compare them. ``code`` is part of the version of each text that names them."""

    code: str
    name: str
    face: bool = False  # whether a face check on their page is offered


# By the value of CASESPACE_IDENTITY_PROVIDER.
RECEIVERS: Mapping[str, str] = {"tencent": "腾讯云"}


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A text that is agreed to as a whole. Whoever changes a word gives it a new version."""

    version: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256("\n".join((self.title, *self.paragraphs)).encode()).hexdigest()


def consent_texts(receiver: Receiver | None) -> Mapping[VerificationKind, ConsentText]:
    """What is agreed to where this receiver is asked; None: people of the operator look, and nobody else."""
    return {
        VerificationKind.PERSON: _person(receiver),
        VerificationKind.LAWYER: _LAWYER,
        VerificationKind.COMPANY: _company(receiver),
    }


_RIGHTS = (
    "保存期限：证件照片和识别内容在审核结束后按期删除，只保留其校验值；姓名和号码加密保存，随账号注销而删除。"
    "您可以在本页撤回同意，撤回后照片立即删除，撤回前已完成的认证不受影响。"
)
_REFUSE = "您可以不同意。不同意时不影响您浏览和咨询，但不能办理需要实名的事项，如立案、庭审和签署文书。"


def _person(receiver: Receiver | None) -> ConsentText:
    way = "处理方式：照片在本系统内识别成文字，由您核对；"
    if receiver is None:
        way += "再由平台运营人员对照照片人工审核。您的信息不提供给其他机构。"
    else:
        way += f"姓名和身份证号码发送给{receiver.name}，由其比对二者是否一致。"
    if receiver is not None and receiver.face:
        way += f"选择人脸核身时，您在{receiver.name}的页面上拍摄，本系统只收到是否通过的结果，不保存您的人脸影像。"
    return ConsentText(
        _version("person", receiver, face=True),
        "处理身份证信息的单独同意",
        (
            "为确认您是本人，我们需要处理您的敏感个人信息：身份证正反面照片、姓名、身份证号码和证件有效期。",
            way,
            (
                "必要性：法律服务中的委托、立案、庭审和签署须确认当事人身份。对您的影响：信息泄露可能危及您的人身和财产安全，"
                "因此照片和号码均加密保存，页面上只显示打码后的号码，每次查看都有记录。"
            ),
            _RIGHTS,
            _REFUSE,
        ),
    )


def _company(receiver: Receiver | None) -> ConsentText:
    way = "处理方式：照片在本系统内识别成文字，由您核对；"
    if receiver is None:
        way += "再由平台运营人员人工审核企业信息和您的代表权限。您的信息不提供给其他机构。"
    else:
        way += (
            f"名称、代码和法定代表人姓名发送给{receiver.name}，由其比对是否一致。"
            "您不是法定代表人时，由平台运营人员人工审核您的代表权限。"
        )
    return ConsentText(
        _version("company", receiver),
        "处理营业执照信息的同意",
        (
            "为确认企业主体，我们需要处理营业执照照片、企业名称、统一社会信用代码和法定代表人姓名。",
            way,
            "用途：开具发票、以企业名义下单和管理企业成员。",
            _RIGHTS,
            "您可以不同意。不同意时不能以企业名义办理。",
        ),
    )


# Whoever is asked about persons and companies is not asked about lawyers.
_LAWYER = ConsentText(
    "lawyer-2026-11",
    "处理执业证信息的单独同意",
    (
        "为确认您是执业律师，我们需要处理您的律师执业证照片、姓名、执业证号、执业机构、发证日期和年度考核日期。",
        "处理方式：照片在本系统内识别成文字，由您核对，再由平台运营人员人工审核；每年须重新核验一次。",
        "必要性：只有执业律师可以承办案件。照片和号码均加密保存，每次查看都有记录。",
        _RIGHTS,
        "您可以不同意。不同意时不能承办订单。",
    ),
)


def _version(kind: str, receiver: Receiver | None, *, face: bool = False) -> str:
    """``person-2026-11.2.tencent.face``: the month, a number within it, and what the words depend on."""
    parts = [f"{kind}-2026-11", "2", receiver.code if receiver else "desk"]
    return ".".join([*parts, "face"] if receiver and receiver.face and face else parts)
