"""Evidence, the elements of a case and the forms of products, filled in from readings."""

from dataclasses import dataclass

from server.wiring.core import Core
from services.evidence.case_elements import CaseElementsBook
from services.evidence.catalogue_files import CatalogueFiles
from services.evidence.evidence import Evidence
from services.files.files import Files
from services.orders.form_suggestions import FormSuggestions
from services.orders.products import Products
from services.readings.confirmed_papers import ConfirmedPapers
from services.readings.reading_seals import ReadingSeals


@dataclass(frozen=True, slots=True)
class Catalogue:
    evidence: Evidence
    files: CatalogueFiles
    elements: CaseElementsBook
    forms: FormSuggestions


def build_catalogue(core: Core, files: Files, products: Products) -> Catalogue:
    papers = ConfirmedPapers(core.database, ReadingSeals(core.vault))
    evidence = Evidence(
        core.database,
        core.spaces,
        files,
        papers,
        core.vault,
        core.cards,
        core.idempotency,
        core.audit,
        core.outbox,
        core.clock,
    )
    return Catalogue(
        evidence=evidence,
        files=CatalogueFiles(evidence, core.spaces, core.papers, core.audit),
        elements=CaseElementsBook(core.database, core.spaces, papers, core.vault, core.audit, core.clock),
        forms=FormSuggestions(products, core.spaces, papers),
    )
