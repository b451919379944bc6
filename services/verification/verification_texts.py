"""What applicants read: labels and reasons. Pure data."""

from collections.abc import Mapping

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
# Where what a problem says elsewhere does not help somebody who can type.
UNREAD: Mapping[str, str] = {"reading.queue_full": "正在识别的照片太多，请直接填写，或稍后重新拍摄"}
_LABELS = {"checked_on": "最近年度考核日期", "firm": "执业机构"}


def field_label(name: str) -> str:
    return _LABELS.get(name) or label_of(name)
