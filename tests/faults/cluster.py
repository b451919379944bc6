"""Everything that serves, each as a process of its own that can be killed, stopped and started again.

Three real mongods as one replica set, Valkey, S3, the WeChat sandbox, two web processes and two workers. The
election time-out is 2 s in place of 10, so that a round need not last a minute.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from server.embedded.environment import key_variables, store_variables
from server.embedded.http_check import get_status
from server.embedded.keys import load_keys
from server.embedded.mongo import REPLICA_SET, Mongo
from server.embedded.ports import LOOPBACK, KeptPorts
from server.embedded.processes import Command, Part, start_together
from server.embedded.product import Step
from server.embedded.sandbox import REPOSITORY, Sandbox, sandbox_variables
from server.embedded.seaweed import Seaweed
from server.embedded.valkey import Valkey
from server.process_names import place

BUCKET = "casespace-faults"
MEMBERS = 3
SMALL_DISK_MB = 700
NOTIFY_AFTER = 2.0  # seconds
_ASK: dict[str, Any] = {"serverSelectionTimeoutMS": 1000, "socketTimeoutMS": 2000, "connectTimeoutMS": 1000}


class Member(Mongo):
    """One mongod of several: ready when it is a member in good order, primary or not."""

    def ready(self) -> bool:
        hello = self.hello()
        return bool(hello) and (not hello.get("setName") or hello["isWritablePrimary"] or hello["secondary"])

    def hello(self) -> dict[str, Any]:
        """What it says of itself; nothing when it does not answer."""
        return self.command_it("hello")

    def command_it(self, command: str, value: Any = 1, **more: Any) -> dict[str, Any]:
        try:
            with MongoClient[dict[str, Any]](LOOPBACK, self.port, directConnection=True, **_ASK) as client:
                answer: dict[str, Any] = client.admin.command(command, value, **more)
                return answer
        except PyMongoError:
            return {}


class Process(Part):
    """``python -m server web`` or ``worker``."""

    def __init__(self, role: str, number: int, port: int, variables: dict[str, str], log_file: Path) -> None:
        super().__init__(log_file)
        self.name = f"{role}{number}"
        self.role = role
        self.port = port
        self.variables = variables | {"CASESPACE_HTTP_PORT": str(port)}

    def command(self) -> Command:
        return Command([sys.executable, "-m", "server", self.role], REPOSITORY, self.variables)

    def ready(self) -> bool:
        return self.exit_code is None and (self.role != "web" or get_status(self.port, "/healthz") == 200)


class Cluster:
    """Start, find and hurt. Its methods block; ``start`` ones must be called from the main thread."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="casespace-faults-"))
        self.logs = self.folder / "logs"
        ports = KeptPorts(self.folder / "ports.json")
        keys = load_keys(self.folder)
        self.small_disk = self._mount_small_disk()
        self.members = [
            Member(self.folder / f"mongo{n}" / "data", ports.get(f"mongo{n}"), self.logs / f"mongod{n}.log")
            for n in range(MEMBERS)
        ]
        for number, member in enumerate(self.members):
            member.name = f"mongod{number}"
        self.valkey = Valkey(self.folder / "valkey", ports.get("valkey"), self.logs / "valkey.log")
        self.store = Seaweed(self.folder / "s3", ports, keys.s3, BUCKET, self.logs / "seaweedfs.log")
        web_ports = [ports.get("web0"), ports.get("web1")]
        self.urls = [f"http://{LOOPBACK}:{port}" for port in web_ports]
        self.sandbox = Sandbox(
            self.folder / "sandbox", ports.get("sandbox"), self.logs / "sandbox.log", product_url=self.urls[0]
        )
        hosts = ",".join(f"{LOOPBACK}:{member.port}" for member in self.members)
        self.mongo_uri = f"mongodb://{hosts}/?replicaSet={REPLICA_SET}"
        self.variables = {
            **store_variables(self.mongo_uri, self.store.endpoint, keys.s3, BUCKET),
            **key_variables(self.folder, keys),
            **sandbox_variables(self.folder / "sandbox", self.sandbox.url),
            "CASESPACE_PUBLIC_URL": self.urls[0],
            "CASESPACE_LOG_FORMAT": "text",
            "CASESPACE_LOG_REQUESTS": "false",
            "CASESPACE_RATE_LIMITS": "false",
            "CASESPACE_DRAIN_SECONDS": "2",
            "CASESPACE_ACCESS_TOKEN_MINUTES": "60",
            "CASESPACE_NOTIFY_AFTER_SECONDS": str(NOTIFY_AFTER),
            "CASESPACE_PAY_QUERY_AFTER_SECONDS": "3",
        }
        shared = self.variables | {"CASESPACE_REDIS_URL": self.valkey.url, "PYTHONUNBUFFERED": "1"}
        self.webs = [Process("web", n, port, shared, self.logs / f"web{n}.log") for n, port in enumerate(web_ports)]
        self.workers = [Process("worker", n, 0, shared, self.logs / f"worker{n}.log") for n in range(2)]

    @property
    def stores(self) -> list[Part]:
        return [*self.members, self.valkey, self.store, self.sandbox]

    @property
    def processes(self) -> list[Part]:
        return [*self.webs, *self.workers]

    def start(self) -> None:
        """Everything, with a migrated database and the demo office."""
        start_together(self.stores)
        self._initiate()
        start_together([Step(["migrate"], self.variables, self.logs / "migrate.log")])
        start_together([Step(["seed", "--demo", str(self.folder)], self.variables, self.logs / "seed.log")])
        start_together(self.processes)

    def stop(self, *, keep_logs: bool = False) -> None:
        """Kill everything; the data go too."""
        for part in [*self.processes, *self.stores]:
            part.kill()
        if self.small_disk is not None:
            subprocess.run(["umount", str(self.small_disk)], check=False)
        for entry in self.folder.iterdir():
            if not (keep_logs and entry == self.logs):
                shutil.rmtree(entry, ignore_errors=True)
        if not keep_logs:
            shutil.rmtree(self.folder, ignore_errors=True)

    # --- finding

    def primary(self, within: float = 40.0) -> Member:
        """The member that can write now. Raises TimeoutError when none comes about."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for member in self.members:
                if member.exit_code is None and member.hello().get("isWritablePrimary"):
                    return member
            time.sleep(0.1)
        raise TimeoutError("no member became primary")

    def leading_worker(self, within: float = 30.0) -> Process:
        """The worker that holds the lease. Raises TimeoutError."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            with MongoClient[dict[str, Any]](self.mongo_uri, **_ASK) as client:
                lease = client["casespace"]["leases"].find_one({"_id": "worker"})
            for worker in self.workers:
                if lease and worker.exit_code is None and lease["owner"].startswith(f"{place()}/{worker.pid}/"):
                    return worker
            time.sleep(0.2)
        raise TimeoutError("no worker leads")

    def make_primary(self, wanted: Member) -> None:
        """Let a certain member be elected."""
        deadline = time.monotonic() + 30
        while self.primary() is not wanted:
            if time.monotonic() > deadline:
                raise TimeoutError("it was not elected")
            wanted.command_it("replSetStepUp")
            time.sleep(0.3)

    # --- hurting

    @staticmethod
    def pause(parts: Sequence[Part]) -> None:
        for part in parts:
            os.kill(part.pid, signal.SIGSTOP)

    @staticmethod
    def resume(parts: Sequence[Part]) -> None:
        for part in parts:
            os.kill(part.pid, signal.SIGCONT)

    @staticmethod
    async def restart(parts: Sequence[Part]) -> None:
        """Start parts that have died. Waits in a thread, for the load goes on meanwhile."""
        for part in parts:
            part.start()
        await asyncio.gather(*(asyncio.to_thread(part.await_ready) for part in parts))

    def _initiate(self) -> None:
        members = [{"_id": n, "host": f"{LOOPBACK}:{member.port}"} for n, member in enumerate(self.members)]
        settings = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500, "heartbeatTimeoutSecs": 2}
        config = {"_id": REPLICA_SET, "members": members, "settings": settings}
        with MongoClient[dict[str, Any]](LOOPBACK, self.members[0].port, directConnection=True) as client:
            client.admin.command("replSetInitiate", config)
        self.primary()

    def _mount_small_disk(self) -> Path | None:
        """A disk for the first mongod that can be filled without hurting anybody; None where we may not mount."""
        folder = self.folder / "mongo0"
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_MB}m", "casespace-faults", str(folder)]
        if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
            return None
        return folder
