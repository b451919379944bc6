"""Payments as the payer sees them."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.api.base import Body, Fen, Id, Moment, View
from schemas.enums import PaymentMethod, PaymentState, SubjectKind


class PaymentBody(Body):
    """By WeChat, or from a company's prepaid balance (then with ``company_id``)."""

    method: Literal[PaymentMethod.WECHAT_JSAPI, PaymentMethod.PREPAID]
    company_id: Id | None = None

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if (self.method is PaymentMethod.PREPAID) != (self.company_id is not None):
            raise ValueError("company_id goes with the method prepaid, and only with it")
        return self


class JsapiView(BaseModel):
    """The parameters of ``wx.requestPayment``, spelt as WeChat spells them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timeStamp: str  # noqa: N815
    nonceStr: str  # noqa: N815
    package: str
    signType: str  # noqa: N815
    paySign: str  # noqa: N815


class SubjectView(View):
    """What is paid for."""

    kind: SubjectKind
    id: str


class PaymentView(View):
    """``jsapi`` goes to ``wx.requestPayment`` as it is; there is none where no provider is asked, and then the state is
    ``succeeded`` already."""

    payment_id: str
    subject: SubjectView
    order_id: str | None = None
    state: PaymentState
    out_trade_no: str
    amount_fen: Fen
    expires_at: Moment
    jsapi: JsapiView | None = None


class PaymentStarted(View):
    """What a replayed request is answered from; it is signed anew each time."""

    payment_id: str
