"""An exchange in and out of the stored hearing."""

from dataclasses import asdict
from typing import Any

from schemas.asynchronous_enums import ApplicationState
from schemas.documents.hearings import ApplicationDocument, HearingDocument
from services.hearings.asynchronous.exchange import Application, Consent, Exchange, Question
from services.hearings.docket import court_of, fields_of


def exchange_of(document: HearingDocument) -> Exchange:
    court = court_of(document)
    stored = document.get("exchange")
    if stored is None:
        return Exchange(court)
    return Exchange(
        court,
        step=stored["step"],
        due_at=stored["due_at"],
        lapsed=stored["lapsed"],
        turns=stored["turns"],
        taken=tuple((one["user_id"], one["turns"]) for one in stored["taken"]),
        application=_application(stored["application"]),
        consents=tuple(Consent(**one) for one in stored["consents"]),
        questions=tuple(Question(**one) for one in stored["questions"]),
    )


def stored_fields(exchange: Exchange) -> dict[str, Any]:
    """What is stored of an exchange and of its court."""
    fields = asdict(exchange)
    del fields["court"]
    fields["taken"] = [{"user_id": user_id, "turns": turns} for user_id, turns in exchange.taken]
    fields["consents"], fields["questions"] = list(fields["consents"]), list(fields["questions"])
    return {**fields_of(exchange.court), "exchange": fields}


def _application(stored: ApplicationDocument | None) -> Application | None:
    return Application(stored["by"], stored["at"], ApplicationState(stored["state"])) if stored else None
