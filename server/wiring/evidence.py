"""Evidence, the elements of a case and the forms of products, filled in from readings."""

from dataclasses import dataclass

from server.wiring.core import Core
from server.wiring.files import FileRooms
from server.worker import Tick
from services.evidence.case_elements import CaseElementsBook
from services.evidence.catalogue_files import CatalogueFiles
from services.evidence.evidence import Evidence
from services.evidence.refilling import Refilling
from services.orders.draft_papers import DraftPapers
from services.orders.form_suggestions import FormSuggestions
from services.orders.paper_filing import PaperFiling
from services.orders.products import Products
from services.outbox import Effect
from services.readings.confirmed_papers import ConfirmedPapers
from services.readings.paper_reader import PaperReader
from services.readings.reading_seals import ReadingSeals
from services.verification.gate import Gate

SWEEP_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Catalogue:
    evidence: Evidence
    refilling: Refilling
    files: CatalogueFiles
    elements: CaseElementsBook
    forms: FormSuggestions
    drafts: DraftPapers
    filing: PaperFiling

    def effects(self) -> dict[str, Effect]:
        return {**self.evidence.effects(), **self.refilling.effects()}

    def ticks(self) -> list[Tick]:
        return [Tick("drafts", SWEEP_SECONDS, self.drafts.tick)]


def build_catalogue(core: Core, rooms: FileRooms, reader: PaperReader, products: Products, gate: Gate) -> Catalogue:
    seals = ReadingSeals(core.vault)
    papers = ConfirmedPapers(core.database, seals)
    refilling = Refilling(core.database, papers, core.vault, core.cards, core.audit)
    evidence = Evidence(
        core.database,
        core.spaces,
        rooms.files,
        refilling,
        core.vault,
        core.cards,
        core.idempotency,
        core.audit,
        core.outbox,
        gate,
        core.clock,
    )
    return Catalogue(
        evidence=evidence,
        refilling=refilling,
        files=CatalogueFiles(evidence, core.spaces, core.papers, core.audit),
        elements=CaseElementsBook(core.database, core.spaces, papers, core.vault, core.audit, gate, core.clock),
        forms=FormSuggestions(core.database, products, core.spaces, papers),
        drafts=DraftPapers(
            core.database,
            rooms.held,
            reader,
            core.audit,
            most_waiting=core.settings.ocr_queue_most,
            clock=core.clock,
        ),
        filing=PaperFiling(
            core.database, core.spaces, rooms.store, seals, evidence, core.audit, core.outbox, core.clock
        ),
    )
