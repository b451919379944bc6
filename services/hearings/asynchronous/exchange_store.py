"""An exchange in and out of the stored hearing."""

from dataclasses import asdict
from typing import Any

from schemas.asynchronous_enums import ApplicationState
from schemas.documents.hearings import ApplicationDocument, HearingDocument
from schemas.hearing_enums import HearingStage
from services.hearings.asynchronous.exchange import Application, Consent, Exchange, Question
from services.hearings.docket import court_of, fields_of


def exchange_of(document: HearingDocument) -> Exchange:
    court = court_of(document)
    stored = document.get("exchange")
    hours = tuple((HearingStage(stage), hours) for stage, hours in document.get("hours", {}).items())
    if stored is None:
        return Exchange(court, hours=hours)
    return Exchange(
        court,
        step=stored["step"],
        due_at=stored["due_at"],
        lapsed=stored["lapsed"],
        turns=stored["turns"],
        taken=tuple((one["user_id"], one["turns"]) for one in stored["taken"]),
        last_side=stored.get("last_side"),
        passed=tuple(stored.get("passed", ())),
        application=_application(stored["application"]),
        consents=tuple(Consent(**one) for one in stored["consents"]),
        questions=tuple(Question(**one) for one in stored["questions"]),
        hours=hours,
    )


def stored_fields(exchange: Exchange) -> dict[str, Any]:
    """What is stored of an exchange and of its court. The hours stand with the hearing since it was called."""
    fields = asdict(exchange)
    del fields["court"], fields["hours"]
    fields["taken"] = [{"user_id": user_id, "turns": turns} for user_id, turns in exchange.taken]
    fields["consents"], fields["questions"] = list(fields["consents"]), list(fields["questions"])
    fields["passed"] = list(exchange.passed)
    return {**fields_of(exchange.court), "exchange": fields}


def _application(stored: ApplicationDocument | None) -> Application | None:
    if stored is None:
        return None
    return Application(stored["by"], stored["at"], ApplicationState(stored["state"]), stored.get("reason"))
