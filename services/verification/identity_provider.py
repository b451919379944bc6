"""The seam to whoever knows which name belongs to which number: `miniprogram_api.identity_checks` in the product."""

from typing import Protocol

from miniprogram_api.identity_checks import FaceFlow, Match


class IdentityProvider(Protocol):
    """Every method raises `miniprogram_api.errors.VendorError` when no answer is to be had."""

    async def match_person(self, name: str, number: str) -> Match: ...

    async def match_company(self, name: str, credit_code: str, legal_representative: str) -> Match: ...

    async def begin_face(self, name: str, number: str, return_url: str) -> FaceFlow:
        """A page of the provider's own, where the person shows their face."""
        ...

    async def face_result(self, token: str) -> bool | None:
        """None while the person has not been there."""
        ...
