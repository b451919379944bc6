"""What can differ between the ledger, the orders and a provider's bill, and what a person is to do about it. Data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    # our orders, payments and refunds beside the provider's bills
    MISSING_HERE = "missing_here"  # the provider moved money of ours, and we do not know that it did
    MISSING_THERE = "missing_there"  # we believe that money moved, and the bill does not show it
    DOUBLED = "doubled"  # one number stands twice in the bill
    WRONG_AMOUNT = "wrong_amount"
    WRONG_STATE = "wrong_state"  # a refund that one side calls done and the other failed
    UNKNOWN = "unknown"  # a movement under a number that is not ours
    FEE = "fee"  # the two bills disagree about the provider's fee
    # the ledger beside our orders, payments and refunds
    NOT_POSTED = "not_posted"
    WITHOUT_CAUSE = "without_cause"
    POSTED_OTHERWISE = "posted_otherwise"
    UNBALANCED = "unbalanced"
    # what accounts hold
    SERVED_UNPAID = "served_unpaid"  # an order goes on, and less than its price was received
    ENDED_WITH_MONEY = "ended_with_money"  # cancelled or refunded, and its account is not empty
    OVERDRAWN = "overdrawn"  # more was taken out of an account than came in
    STRANDED = "stranded"  # money lies where no statement, present or coming, pays it out


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. ``subject`` is what it is about: a merchant's number, a cause in the ledger, or an account.

    Amounts in fen, None where a side has nothing. ``waiting``: the bill of the next day may explain it, so nobody is
    asked to look before that is here.
    """

    kind: Kind
    subject: str
    ours_fen: int | None = None
    theirs_fen: int | None = None
    waiting: bool = False
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.kind.value, self.subject


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    advice: str


TEXTS: dict[Kind, Text] = {
    Kind.MISSING_HERE: Text(
        "对账：微信支付已收付，我方未入账",
        "请在商户平台按单号核实。属实的，等待系统自动查单补记（或执行一次重新对账）；仍未补记的，联系技术人员查单确认，不要手工改库。",
    ),
    Kind.MISSING_THERE: Text(
        "对账：我方已入账，微信账单没有",
        "请在商户平台按单号核实这笔款项。确实没有到账或没有退出的，立即联系技术人员，并暂停相关订单的结算。",
    ),
    Kind.DOUBLED: Text(
        "对账：微信账单中同一单号出现多次",
        "请下载原始账单核对。若客户确被重复扣款，在商户平台退回多收部分；若只是账单重复，向微信支付客服提交工单。",
    ),
    Kind.WRONG_AMOUNT: Text(
        "对账：金额不一致",
        "请核对订单金额、商户平台金额与账单金额，以商户平台的实际收付为准；差额需要补收或退回的，由财务负责人决定并登记。",
    ),
    Kind.WRONG_STATE: Text(
        "对账：退款状态不一致",
        "请在商户平台按商户退款单号查看最终状态。微信已退而我方记为失败的，联系技术人员补记；微信未退而我方记为成功的，重新发起退款。",
    ),
    Kind.UNKNOWN: Text(
        "对账：账单中有不属于本系统的款项",
        "请确认同一商户号是否还有其他系统或人工收款在使用。属于其他业务的，登记归属后关闭；来源不明的，联系付款人并报财务负责人。",
    ),
    Kind.FEE: Text(
        "对账：手续费不一致",
        "请核对交易账单与资金账单中该笔的手续费与费率；差异持续出现时，向微信支付核实签约费率。",
    ),
    Kind.NOT_POSTED: Text(
        "对账：有一笔资金变动没有记账",
        "请联系技术人员：先运行“ledger check”确认范围，再运行“ledger backfill”补记；补记后重新对账，本工单自动关闭。",
    ),
    Kind.WITHOUT_CAUSE: Text(
        "对账：有一笔分录找不到业务来源",
        "请联系技术人员查明分录由谁写入。分录不得删改，需要更正的，由财务负责人批准后以反向分录冲销。",
    ),
    Kind.POSTED_OTHERWISE: Text(
        "对账：分录与业务记录不一致",
        "请比对工单所列应记与实记金额，查审计日志确认哪一方被改动；以反向分录更正，不得直接修改。",
    ),
    Kind.UNBALANCED: Text(
        "对账：分录借贷不平",
        "正常情况下不可能出现，说明数据库被直接改动。请立即联系技术人员并保全数据库备份，暂停结算与付款。",
    ),
    Kind.SERVED_UNPAID: Text(
        "对账：订单在服务中，但收款不足",
        "请核对该订单的付款、优惠券与补贴记录。确未收足的，通知律师暂停服务并联系客户补款。",
    ),
    Kind.ENDED_WITH_MONEY: Text(
        "对账：订单或退款已结束，账户仍有余额",
        "请核对该订单的收款、退款与结算：应退未退的发起退款，应冲回的优惠由财务负责人批准后冲回。",
    ),
    Kind.OVERDRAWN: Text(
        "对账：账户透支",
        "该账户付出超过收入。请暂停相关付款，核对多付的一笔并追回，查明后由财务负责人批准更正。",
    ),
    Kind.STRANDED: Text(
        "对账：账户余额没有任何结算单会付出",
        "请核对该律所（或订单）的结算单、打赏与退回分账：account 的余额应等于未付清结算单与下期待结之和。"
        "请联系技术人员运行“ledger check”确认差额来源；应付律所的，由财务负责人批准后线下支付并登记。",
    ),
}


def merged(differences: Iterable[Difference]) -> list[Difference]:
    """Each once, in a fixed order: two bills that tell the same fact are one difference."""
    found: dict[tuple[str, str], Difference] = {}
    for one in differences:
        found.setdefault(one.key, one)
    return [found[key] for key in sorted(found)]
