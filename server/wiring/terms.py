"""What clients agree to."""

import logging

from schemas.enums import TermsKind
from server.wiring.core import Core
from services.identity.sessions import Sessions
from services.terms.term_texts import read_terms
from services.terms.terms import Terms
from services.verification.consents import Consents

log = logging.getLogger("casespace")


def build_terms(core: Core, sessions: Sessions, consents: Consents) -> Terms:
    """The operator's texts, or those that come with the product."""
    settings = core.settings
    names = {
        "operator": settings.operator_name or settings.payee_name or "",
        "contact": settings.operator_contact or "",
    }
    if settings.privacy_policy_file is None and not all(names.values()) and not settings.development:
        log.warning("the privacy policy names no operator or no contact: CASESPACE_OPERATOR_NAME, …_OPERATOR_CONTACT")
    files = {
        TermsKind.USER_AGREEMENT: settings.user_agreement_file,
        TermsKind.PRIVACY_POLICY: settings.privacy_policy_file,
    }
    texts = [read_terms(kind, file, names) for kind, file in files.items()]
    return Terms(core.database, consents, sessions, texts, demanded=settings.terms_demanded)
