"""Starts the real parts and says where they are, in a form that fits into an environment variable."""

import json
import os
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from server.embedded.keys import load_keys
from server.embedded.mongo import Mongo
from server.embedded.ports import KeptPorts
from server.embedded.processes import Part, start_together
from server.embedded.sandbox import Sandbox
from server.embedded.seaweed import S3Keys, Seaweed
from server.embedded.valkey import Valkey

BUCKET = "casespace-tests"
VARIABLE = "CASESPACE_TESTS_PARTS"
KEPT_RUNS = 8
MEMORY = Path("/dev/shm")
MEMORY_WANTED = 4 << 30  # bytes; a run's database takes about half a gibibyte
FOLDER = "casespace-tests-"


@dataclass(frozen=True)
class RealParts:
    """Where the parts are. All of it is on loopback and worth nothing after the run."""

    folder: str  # keys.json, the sandbox's credentials (folder/sandbox) and logs are in there
    mongo_uri: str
    s3_endpoint: str  # host:port, plain HTTP
    s3_access_key: str
    s3_secret_key: str
    s3_bucket: str
    redis_url: str
    sandbox_url: str

    @property
    def path(self) -> Path:
        return Path(self.folder)

    @property
    def s3_keys(self) -> S3Keys:
        return S3Keys(self.s3_access_key, self.s3_secret_key)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "RealParts":
        return cls(**json.loads(text))


class RunningParts:
    """The parts of one test run, started by the constructor."""

    def __init__(self, logs: Path) -> None:
        """`logs` gets a folder for this run; those of a few earlier runs stay beside it."""
        self._folder = Path(tempfile.mkdtemp(prefix=FOLDER))
        self._database = _database_folder(self._folder)
        _forget_old_runs(logs)
        logs = self.logs = logs / f"{time.strftime('%m%d-%H%M%S')}-{os.getpid()}"
        keys = load_keys(self._folder)
        ports = KeptPorts(self._folder / "ports.json")
        mongo = Mongo(self._database, ports.get("mongo"), logs / "mongod.log")
        store = Seaweed(self._folder / "s3", ports, keys.s3, BUCKET, logs / "seaweedfs.log")
        valkey = Valkey(self._folder / "valkey", ports.get("valkey"), logs / "valkey.log")
        # the services' tests move their own clock, which the sandbox does not see
        sandbox = Sandbox(self._folder / "sandbox", ports.get("sandbox"), logs / "sandbox.log", refund_gap=0)
        self._parts: list[Part] = [mongo, store, valkey, sandbox]
        try:
            start_together(self._parts)
        except BaseException:
            self.stop()
            raise
        self.parts = RealParts(
            folder=str(self._folder),
            mongo_uri=mongo.uri,
            s3_endpoint=store.endpoint,
            s3_access_key=keys.s3_access,
            s3_secret_key=keys.s3_secret,
            s3_bucket=BUCKET,
            redis_url=valkey.url,
            sandbox_url=sandbox.url,
        )

    def stop(self) -> None:
        """Kill them (their data goes too, so nothing is gained by asking) and remove the data; logs stay."""
        for part in self._parts:
            part.kill()
        for folder in (self._database, self._folder):
            shutil.rmtree(folder, ignore_errors=True)

    def log_tails(self) -> list[tuple[str, str]]:
        """(name, last lines) of every part that wrote something."""
        tails = [(part.name, part.log_tail(5)) for part in self._parts]
        return [(name, tail) for name, tail in tails if tail]


def _database_folder(folder: Path) -> Path:
    """Where mongod keeps its data: in memory where there is plenty, for every commit of a test waits for a flush."""
    for left in MEMORY.glob(f"{FOLDER}*"):  # a run that was killed cannot tidy up, and memory is dear
        if not Path(f"/proc/{left.name.split('-')[2]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    if not MEMORY.is_dir() or min(shutil.disk_usage(MEMORY).free, _free_memory()) < MEMORY_WANTED:
        return folder / "mongo"
    return Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-", dir=MEMORY))


def _free_memory() -> int:
    """Bytes that could be had without swapping, proc(5)."""
    lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    return int(lines["MemAvailable"].split()[0]) << 10


def _forget_old_runs(logs: Path) -> None:
    """Keep the newest few. Several runs may be going on in one checkout, so only old ones may go."""
    runs = sorted(logs.iterdir(), key=lambda run: run.stat().st_mtime) if logs.exists() else []
    for run in runs[:-KEPT_RUNS]:
        shutil.rmtree(run, ignore_errors=True)
