"""What vouches for the record and takes it outside: checkpoints, time stamps, exports."""

from dataclasses import dataclass

from server.wiring.core import Core
from server.worker import Tick
from services.record import HeadSigner
from services.record.anchors import Anchors, TimeStampAuthority
from services.record.authority import HttpAuthority
from services.record.checkpoints import Checkpoints
from services.record.history import Histories
from services.spaces.export_files import ExportFiles
from services.spaces.exports import Exports

CHECKPOINT_SECONDS = 900.0
ANCHOR_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Record:
    checkpoints: Checkpoints
    anchors: Anchors
    exports: Exports

    def ticks(self) -> list[Tick]:
        return [
            Tick("checkpoints", CHECKPOINT_SECONDS, self.checkpoints.tick),
            Tick("anchors", ANCHOR_SECONDS, self.anchors.tick),
        ]


def build_record(core: Core, signer: HeadSigner) -> Record:
    """Raises ValueError for a certificate of the authority that cannot be read."""
    checkpoints = Checkpoints(core.database, signer, core.clock)
    anchors = Anchors(core.database, _authority(core), core.clock)
    exports = Exports(
        core.spaces,
        Histories(core.database, core.recorder),
        ExportFiles(core.database, core.store, core.audit),
        checkpoints,
        anchors,
        signer,
        core.audit,
        core.clock,
    )
    return Record(checkpoints, anchors, exports)


def _authority(core: Core) -> TimeStampAuthority | None:
    url, certificates = core.settings.tsa_url, core.settings.tsa_cert_file
    if url is None or certificates is None:
        return None
    return HttpAuthority(url, certificates.read_bytes(), core.http)
