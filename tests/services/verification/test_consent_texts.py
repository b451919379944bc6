"""What applicants agree to (PIPL 14, 23, 29): the words name who really receives what."""

import pytest

from schemas.verification_enums import VerificationKind
from services.verification.consent_texts import Receiver, consent_texts


@pytest.mark.parametrize("kind", [VerificationKind.PERSON, VerificationKind.COMPANY])
def test_a_consent_names_who_receives_what_and_nobody_else(kind: VerificationKind) -> None:
    """PIPL 23: as this deployment checks people; other words are another version."""
    texts = [consent_texts(one)[kind] for one in (None, Receiver("x", "某云"), Receiver("x", "某云", face=True))]
    desk, cloud, face = ("".join(one.paragraphs) for one in texts)
    assert "不提供给其他机构" in desk
    assert "云" not in desk + "".join(consent_texts(Receiver("x", "某云"))[VerificationKind.LAWYER].paragraphs)
    assert "发送给某云" in cloud
    assert "不提供给其他机构" not in cloud
    assert "人脸" not in desk + cloud
    assert ("某云的页面上拍摄" in face) is (kind is VerificationKind.PERSON)
    assert len({one.version for one in texts}) == len({one.sha256 for one in texts})
