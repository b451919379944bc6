"""Law firms, to whom fees belong."""

from typing import Annotated

from pydantic import Field

from schemas.api.base import Body, Moment, View
from schemas.api.orders import PersonView
from schemas.credit_codes import CreditCode

Tariff = Annotated[str, Field(min_length=1, max_length=40, description="Names rows of the share rules")]


class FirmBody(Body):
    name: str = Field(min_length=2, max_length=60, description="As registered; WeChat compares it with the merchant's")
    credit_code: CreditCode
    tariff: Tariff = "standard"
    mchid: str | None = Field(
        None,
        pattern=r"^\d{8,10}$",
        description="Its merchant number, to be paid by sharing; another one waits for a second person",
    )


class FirmLawyerView(View):
    user_id: str
    display_name: str


class WantedMerchantView(View):
    """A merchant number that waits for another person of ops."""

    mchid: str
    by: PersonView
    at: Moment


class FirmView(View):
    """``revision`` is what ``If-Match`` wants, in quotation marks. Money is shared to ``mchid`` alone."""

    id: str
    name: str
    credit_code: str
    tariff: str
    mchid: str | None
    wanted: WantedMerchantView | None
    revision: int
    lawyers: list[FirmLawyerView]
    created_at: Moment
    updated_at: Moment
