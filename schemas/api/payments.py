"""Payments as the payer sees them."""

from pydantic import BaseModel, ConfigDict

from schemas.api.base import Body, Fen, Moment, View
from schemas.enums import PaymentMethod


class PaymentBody(Body):
    method: PaymentMethod


class JsapiView(BaseModel):
    """The parameters of ``wx.requestPayment``, spelt as WeChat spells them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timeStamp: str  # noqa: N815
    nonceStr: str  # noqa: N815
    package: str
    signType: str  # noqa: N815
    paySign: str  # noqa: N815


class PaymentView(View):
    payment_id: str
    order_id: str | None = None
    out_trade_no: str
    amount_fen: Fen
    expires_at: Moment
    jsapi: JsapiView


class PaymentStarted(View):
    """What a replayed request is answered from; it is signed anew each time."""

    payment_id: str
