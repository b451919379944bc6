"""What applicants read: labels, reasons, and the texts that they agree to. Pure data."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from schemas.reading_enums import ReadingKind
from schemas.verification_enums import RefusalReason, VerificationKind
from services.readings.field_labels import label_of

NAMES: Mapping[VerificationKind, str] = {
    VerificationKind.PERSON: "实名认证",
    VerificationKind.LAWYER: "律师执业认证",
    VerificationKind.COMPANY: "企业认证",
}
PAPERS: Mapping[ReadingKind, str] = {
    ReadingKind.ID_CARD_FRONT: "身份证人像面",
    ReadingKind.ID_CARD_BACK: "身份证国徽面",
    ReadingKind.LAWYER_LICENCE: "律师执业证",
    ReadingKind.PAGE: "年度考核页",
    ReadingKind.BUSINESS_LICENCE: "营业执照",
}
REASONS: Mapping[RefusalReason, str] = {
    RefusalReason.MISMATCH: "姓名、名称与证件号码核对不一致，请检查后重新提交",
    RefusalReason.NO_RECORD: "核验机构没有查到这个证件号码，请检查后重新提交，或联系客服",
    RefusalReason.MALFORMED: "姓名或证件号码的格式有误，请检查后重新提交",
    RefusalReason.TOO_OFTEN: "这个证件号码今天核验的次数过多，请明天再试",
    RefusalReason.NUMBER_TAKEN: "这个证件号码已在另一个账号认证，如非本人操作请联系客服",
    RefusalReason.FACE_FAILED: "人脸核身没有通过，请本人在光线充足处重试",
    RefusalReason.NOT_TRADING: "登记信息显示该企业已不在营，请联系客服",
    RefusalReason.COMPANY_TAKEN: "该企业已有管理员，请联系其将您加为成员",
    RefusalReason.UNREADABLE: "照片不清晰或不完整，请重新拍摄",
    RefusalReason.NOT_ENTITLED: "未能确认您的执业资格或代表权限，请联系客服",
    RefusalReason.OTHER: "审核未通过，请联系客服",
}
_LABELS = {"checked_on": "最近年度考核日期", "firm": "执业机构"}


def field_label(name: str) -> str:
    return _LABELS.get(name) or label_of(name)


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A text that is agreed to as a whole. Whoever changes a word gives it a new version."""

    version: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256("\n".join((self.title, *self.paragraphs)).encode()).hexdigest()


_RIGHTS = (
    "保存期限：证件照片和识别内容在审核结束后按期删除，只保留其校验值；姓名和号码加密保存，随账号注销而删除。"
    "您可以在本页撤回同意，撤回后照片立即删除，撤回前已完成的认证不受影响。"
)
_REFUSE = "您可以不同意。不同意时不影响您浏览和咨询，但不能办理需要实名的事项，如立案、庭审和签署文书。"

# 个人信息保护法 14, 17, 23, 28–30: purpose, way, kinds, necessity, effect, who else receives them, how long, rights.
CONSENTS: Mapping[VerificationKind, ConsentText] = {
    VerificationKind.PERSON: ConsentText(
        "person-2026-11",
        "处理身份证信息的单独同意",
        (
            "为确认您是本人，我们需要处理您的敏感个人信息：身份证正反面照片、姓名、身份证号码和证件有效期。",
            (
                "处理方式：照片在本系统内识别成文字，由您核对；姓名和身份证号码发送给腾讯云，由其比对二者是否一致。"
                "选择人脸核身时，您在腾讯云的页面上拍摄，本系统只收到是否通过的结果，不保存您的人脸影像。"
            ),
            (
                "必要性：法律服务中的委托、立案、庭审和签署须确认当事人身份。对您的影响：信息泄露可能危及您的人身和财产安全，"
                "因此照片和号码均加密保存，页面上只显示打码后的号码，每次查看都有记录。"
            ),
            _RIGHTS,
            _REFUSE,
        ),
    ),
    VerificationKind.LAWYER: ConsentText(
        "lawyer-2026-11",
        "处理执业证信息的单独同意",
        (
            "为确认您是执业律师，我们需要处理您的律师执业证照片、姓名、执业证号、执业机构、发证日期和年度考核日期。",
            "处理方式：照片在本系统内识别成文字，由您核对，再由平台运营人员人工审核；每年须重新核验一次。",
            "必要性：只有执业律师可以承办案件。照片和号码均加密保存，每次查看都有记录。",
            _RIGHTS,
            "您可以不同意。不同意时不能承办订单。",
        ),
    ),
    VerificationKind.COMPANY: ConsentText(
        "company-2026-11",
        "处理营业执照信息的同意",
        (
            "为确认企业主体，我们需要处理营业执照照片、企业名称、统一社会信用代码和法定代表人姓名。",
            (
                "处理方式：照片在本系统内识别成文字，由您核对；名称、代码和法定代表人姓名发送给腾讯云，由其比对是否一致。"
                "您不是法定代表人时，由平台运营人员人工审核您的代表权限。"
            ),
            "用途：开具发票、以企业名义下单和管理企业成员。",
            _RIGHTS,
            "您可以不同意。不同意时不能以企业名义办理。",
        ),
    ),
}
