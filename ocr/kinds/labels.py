"""Labels of printed forms, and how they are put together again where a form breaks or spreads them. Pure.

Forms set a long label in two rows of a narrow cell (被传唤 / 人姓名), and its value stands beside both or between them.
"""

from collections.abc import Sequence
from itertools import pairwise

from ocr.checks import plain
from ocr.lines import Line, box
from ocr.reading_order import Placed, placed, rows

_PRINTED = """
    到庭时间 到庭地点 到庭处所 单位或住址 受送达人的姓名或名称 送达的文书名称和件数 营业场所 核发机关 颁发日期
    交费人 缴费人 交费金额 付款单位 收款单位 汇款人 对方户名 对方账号 转出账户 转入账户 送达的文书 不能送达的理由
    案号 案由 当事人 诉讼地位 身份 被传唤人 被传唤人姓名 被传唤人姓名或单位 被传唤人姓名或名称 工作单位 住址 住所
    住所地 地址 工作单位或住址 工作单位或地址 联系电话 联系方式 电话 手机 手机号码 传唤事由 应到时间 应到处所
    应到场所 应到地点 开庭时间 开庭地点 开庭日期 审判程序 适用程序 承办人 承办法官 承办人电话 审判员 审判长 书记员
    注意事项 备注 备考 送达文书 送达文书名称 送达文书名称和件数 送达文书名称及件数 送达文书和件数 文书名称 受送达人
    受送达人姓名 受送达人名称 受送达人姓名或名称 受送达人签收 受送达人签名 受送达人签名或盖章 受送达人签名或者盖章
    收件人 收件人签名或盖章 签收人 签收日期 签收时间 收到日期 收到时间 送达地址 送达地点 送达处所 送达方式 送达日期
    代收人 代收人及代收理由 代收理由 代收人签名或盖章 填发人 送达人 送达人签名 见证人 不能送达理由 费用名称
    费用项目 收费项目 标的额 诉讼标的 诉讼标的额 应交金额 应缴金额 应交金额(大写) 应缴金额(大写) 应交金额(小写)
    应缴金额(小写) 金额 金额(大写) 金额(小写) (大写) (小写) 大写 小写 交费期限 缴费期限 缴款期限 交款人 缴款人
    收款人 缴款码 姓名 性别 民族 出生 出生日期 年龄 公民身份号码 公民身份证号码 身份证号 身份证号码 身份证件号码
    证件号码 证件类型 职务 职业 单位 委托人 受托人 受委托人 委托单位 代理人 委托代理人 法定代表人
    法定代表人或负责人 负责人 代理权限 委托权限 代理事项 名称 类型 企业名称 企业类型 经营者 经营范围 注册资本
    成立日期 注册日期 营业期限 经营场所 主要经营场所 登记机关 组成形式 执行事务合伙人 出资额 统一社会信用代码
    社会信用代码 纳税人识别号 统一社会信用代码/纳税人识别号 核准日期 持证人 执业机构 执业机构名称 执业证号
    执业证类别 执业类别 执业证类型 资格证号 法律职业资格 律师资格证号 法律职业资格证号 法律职业资格或律师资格证号
    发证机关 颁证机关 发证日期 颁证日期 批准日期 流水号 签发机关 有效期限 通行证号码 签发次数 出借人 借款人 出借方
    借款方 贷款人 债权人 债务人 担保人 保证人 借款金额 借款用途 借款期限 借款利率 还款日期 还款方式 还款期限
    借款日期 利率 付款人 收款方 付款方 付款人户名 付款人名称 付款人账号 付款人开户行 收款人户名 收款人名称
    收款人账号 收款人开户行 户名 全称 账号 帐号 开户行 开户银行 付款户名 付款账号 付款账户 付款银行 收款户名
    收款账号 收款账户 收款银行 大写金额 小写金额 交易金额 转账金额 币种 币别 交易日期 交易时间 转账时间 付款日期
    记账日期 入账日期 回单编号 回单号 交易流水号 凭证号码 凭证种类 附言 摘要 用途 手续费 交易类型 交易渠道 业务类型
    备注信息
"""
LABELS = frozenset(_PRINTED.split())
_BY_BEGINNING = {
    beginning: [label for label in LABELS if label[:-1] == beginning]
    for beginning in {label[:-1] for label in LABELS if len(label) > 3}
}
_REACH = 3.5  # heights that the characters of one label stand apart at most
_Pair = tuple[Line, Line]  # a line upright, and as it came


def is_label(text: str) -> bool:
    return text.strip(":;") in LABELS


def whole(pairs: list[_Pair]) -> list[_Pair]:
    """The lines of a page with labels in one piece each: two rows of a narrow cell, one under the other, that make one
    label together are one line.
    """
    items = placed([line for line, _ in pairs])
    number_of = {id(item): number for number, item in enumerate(items)}
    chunks = [_chunks(row) for row in rows(items)]
    groups: list[tuple[list[int], str]] = []
    taken: set[int] = set()
    for place, upper_row in enumerate(chunks):
        for upper in upper_row:
            for lower in (chunk for row in chunks[place + 1 : place + 4] for chunk in row):
                if not _is_under(upper[0], lower[0]):
                    continue
                label = _label(_text(upper) + _text(lower))
                members = [number_of[id(item)] for item in (*upper, *lower)]
                if label is not None and not taken.intersection(members):
                    taken.update(members)
                    groups.append((members, label))
    return _with_groups(pairs, groups)


def _label(text: str) -> str | None:
    """The label that a text is, or the only one of which its last character was lost."""
    if text in LABELS:
        return text
    longer = _BY_BEGINNING.get(text, [])
    return longer[0] if len(longer) == 1 else None


def _chunks(row: list[Placed]) -> list[list[Placed]]:
    """Neighbours of a row that may be a piece of a label: longest first."""
    found = []
    for start in range(len(row)):
        for end in range(min(len(row), start + 3), start, -1):
            part = row[start:end]
            close = all(right.left - left.right < _REACH * left.height for left, right in pairwise(part))
            if close and len(_text(part)) <= 6:
                found.append(part)
    return found


def _text(items: Sequence[Placed]) -> str:
    return plain("".join(item.line.text for item in items)).strip(":;")


def _is_under(upper: Placed, lower: Placed) -> bool:
    height = min(upper.height, lower.height)
    return abs(upper.left - lower.left) < 1.5 * height and -0.5 * height < lower.top - upper.bottom < 1.5 * height


def _with_groups(pairs: list[_Pair], groups: Sequence[tuple[list[int], str]]) -> list[_Pair]:
    """Each group as one line, where its first member stood."""
    used = {number for members, _ in groups for number in members}
    kept = [pair for number, pair in enumerate(pairs) if number not in used]
    for members, label in groups:
        upright, original = (_around([pairs[number][side] for number in members], label) for side in (0, 1))
        kept.append((upright, original))
    return kept


def _around(lines: Sequence[Line], text: str) -> Line:
    polygon = box(
        min(line.left for line in lines), min(line.top for line in lines),
        max(line.right for line in lines), max(line.bottom for line in lines),
    )  # fmt: skip
    return Line(text, min(line.score for line in lines), polygon, lines[0].page)
