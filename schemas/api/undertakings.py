"""What a witness sends to sign their undertaking (保证书)."""

from pydantic import Field

from schemas.api.base import Body
from schemas.api.minutes import MAX_SIGNATURE_TEXT


class UndertakingBody(Body):
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the text that was read, as the hearing gives it")
    png: str = Field(min_length=1, max_length=MAX_SIGNATURE_TEXT, description="The drawn signature, PNG in base64")
