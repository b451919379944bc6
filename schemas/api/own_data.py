"""A person's copy of their own data (个人信息保护法 45)."""

from schemas.api.base import Fen, Moment, View
from schemas.api.me import MeView
from schemas.api.orders import OrderView
from schemas.api.verifications import ConsentView
from schemas.verification_enums import VerificationKind, VerificationState


class OwnVerificationView(View):
    """An application with what the person confirmed, in the clear."""

    kind: VerificationKind
    state: VerificationState
    values: dict[str, str]
    submitted_at: Moment | None
    decided_at: Moment | None


class OwnPaymentView(View):
    order_id: str | None
    out_trade_no: str
    method: str
    amount_fen: Fen
    state: str
    paid_at: Moment | None
    created_at: Moment


class OwnNoticeView(View):
    title: str
    text: str
    created_at: Moment
    read_at: Moment | None


class OwnSessionView(View):
    created_at: Moment
    expires_at: Moment
    revoked_at: Moment | None


class OwnSpaceView(View):
    """What was said and sent there comes as a bundle of its own, with all files, from ``export``."""

    id: str
    title: str
    role: str
    export: str


class OwnDataView(View):
    """Everything that is kept about the caller, as far as it is not in the bundles of their cases."""

    made_at: Moment
    account: MeView
    phone: str | None
    consents: list[ConsentView]
    verifications: list[OwnVerificationView]
    orders: list[OrderView]
    payments: list[OwnPaymentView]
    notices: list[OwnNoticeView]
    sessions: list[OwnSessionView]
    spaces: list[OwnSpaceView]
