"""What about payments and refunds a person must look at, as data: the work items' Chinese titles and advice."""

from dataclasses import dataclass

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.orders import PaymentDocument, RefundDocument
from services.work_items import WorkItems


@dataclass(frozen=True, slots=True)
class Matter:
    title: str
    advice: str
    urgent: bool = True


STRAY, MISMATCH = "money.stray", "money.payment_mismatch"
SHIPPING_FAILED = "money.shipping_failed"
REFUND_FAILED, REFUND_ABNORMAL = "money.refund_failed", "money.refund_abnormal"
SHARE_NOT_BACK = "money.share_not_back"

MATTERS: dict[str, Matter] = {
    STRAY: Matter(
        "收到一笔无需支付的款项",
        "系统会自动原路退回，退款成功后本工单自动关闭。若一天后仍未关闭，请在微信支付商户平台查看该笔退款。",
        urgent=False,
    ),
    MISMATCH: Matter(
        "微信支付通知与订单不符，未入账",
        "请在商户平台按商户订单号核对实付金额与付款人。核实后：金额有误的，在商户平台原路退款并请客户重新支付；疑似伪造的，报安全负责人。",
    ),
    SHIPPING_FAILED: Matter(
        "未能向微信上传发货信息，货款可能被冻结",
        "请在小程序后台“交易管理”中按商户订单号手工发货（虚拟商品），确认资金状态后关闭本工单。",
    ),
    REFUND_FAILED: Matter(
        "退款被微信支付拒绝",
        "请在商户平台按商户退款单号查看原因。原因消除后由客服重新发起退款；确实无法原路退回的，与客户约定线下退款并登记。",
    ),
    SHARE_NOT_BACK: Matter(
        "退款在等律所退回分账，尚未收回",
        "客户的退款须先从律所收回分账。请联系该律所，确认其商户号状态正常、余额充足；系统会自动重试，间隔最长 6 小时，"
        "收回后退款自动发出，本工单自动关闭。"
        "分账已超过 180 天或律所无法退回的，由财务负责人与律所约定线下返还，再与客户约定退款方式并登记。",
    ),
    REFUND_ABNORMAL: Matter(
        "退款异常：款项无法退回客户原账户",
        "客户的收款账户已注销或冻结，款项停在微信支付。系统已请客户在订单页填写本人的银行卡，填写后请在本工单核对并退至该卡。"
        "没有订单的款项，或客户不便填写的，请在微信支付商户平台处理这笔异常退款。到账后本工单自动关闭。",
    ),
}


async def open_about_payment(
    items: WorkItems, kind: str, payment: PaymentDocument, session: AsyncClientSession | None = None
) -> None:
    detail = {
        "payment_id": payment["_id"],
        "out_trade_no": payment["out_trade_no"],
        "amount_fen": payment["amount_fen"],
    }
    await _open(items, kind, f"payment:{payment['_id']}", detail, payment.get("order_id"), session)


async def open_about_refund(
    items: WorkItems, kind: str, refund: RefundDocument, session: AsyncClientSession | None = None, **more: object
) -> None:
    detail: dict[str, object] = {
        "refund_id": refund["_id"],
        "out_refund_no": refund["out_refund_no"],
        "payment_id": refund["payment_id"],
        "amount_fen": refund["amount_fen"],
        **more,
    }
    await _open(items, kind, f"refund:{refund['_id']}", detail, refund.get("order_id"), session)


async def _open(
    items: WorkItems,
    kind: str,
    subject: str,
    detail: dict[str, object],
    order_id: str | None,
    session: AsyncClientSession | None,
) -> None:
    matter = MATTERS[kind]
    if order_id is not None:
        detail = {**detail, "order_id": order_id}
    await items.open(
        kind, subject, title=matter.title, advice=matter.advice, urgent=matter.urgent, session=session, **detail
    )
