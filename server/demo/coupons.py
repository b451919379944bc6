"""What a newcomer finds in the demo office's coupons (E2)."""

from datetime import datetime

from schemas.api.base import CHINA
from schemas.api.pricing import CouponDefinitionBody, TermsBody
from schemas.enums import DiscountKind, SubjectKind

NEWCOMER = CouponDefinitionBody(
    code="newcomer",
    title="新人见面礼",
    terms=TermsBody(kind=DiscountKind.FIXED, off_fen=10_00, minimum_fen=30_00, uses=[SubjectKind.ORDER]),
    valid_from=datetime(2026, 1, 1, tzinfo=CHINA),
    valid_until=datetime(2036, 1, 1, tzinfo=CHINA),
    claimable=True,
)
