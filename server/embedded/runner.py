"""``scripts/run``: the whole product with its embedded parts, until a signal comes or something dies."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from server.embedded.certificates import make_certificate, own_address
from server.embedded.environment import key_variables, passed_on, store_variables, write_environment_file
from server.embedded.janus import Janus, embedded_janus
from server.embedded.keys import load_keys
from server.embedded.mongo import Mongo
from server.embedded.ports import LOOPBACK, KeptPorts
from server.embedded.prepared import Preparation
from server.embedded.processes import Part, PartError, start_together, stop_together
from server.embedded.product import Server, Step
from server.embedded.sandbox import Sandbox, sandbox_variables
from server.embedded.seaweed import Seaweed

BUCKET = "casespace"
PAYEE = "案件空间演示平台"  # whom receipts of the demo name
WATCH_SECONDS = 0.2
RESTARTS = 5  # of the server, within
RESTART_WINDOW = 60.0  # seconds


@dataclass(frozen=True)
class Options:
    """What the command line says. `port` 0: any free one, the same again next time if it still is."""

    data: Path
    port: int
    https: bool


def say(text: str) -> None:
    """Progress, for people."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command-line program speaks


def announce(word: str, url: str) -> None:
    """A line on stdout that programs wait for."""
    print(f"{word} {url}", flush=True)  # noqa: T201 - a command-line program speaks


class Runner:
    """All parts of one data folder. `run` returns only by an exception; `stop` then ends everything in order."""

    def __init__(self, options: Options) -> None:
        data = options.data
        self.data = data
        self._ports = KeptPorts(data / "ports.json")
        self._keys = load_keys(data)
        self.demo_file = data / "demo.json"
        self._choose_address(options)
        self.mongo = Mongo(data / "mongo", self._ports.get("mongo"), self._log("mongod"))
        self.store = Seaweed(data / "s3", self._ports, self._keys.s3, BUCKET, self._log("seaweedfs"))
        self.sandbox = Sandbox(
            data / "sandbox",
            self._ports.get("sandbox"),
            self._log("sandbox"),
            product_url=self.url,
            trusted=self._certificate,
        )
        self.janus, self._voiceless = embedded_janus(data / "janus", self._ports, self._log("janus"))
        self._environment = self._write_environment()
        self.server = Server(self._host, self._port, self._environment, self._log("server"), self._certificate)
        self._restarts: list[float] = []

    def start(self) -> None:
        """Everything up to a product that answers. Raises PartError."""
        self.server.require_free_port()
        if self._voiceless:
            say(self._voiceless)
        say("正在启动 MongoDB、S3 存储和微信沙箱 · starting MongoDB, the S3 store and the WeChat sandbox …")
        start_together(self._infrastructure)
        preparation = Preparation(self.data / "prepared", self.demo_file)
        if preparation.done():
            say("正在启动服务 · starting the server …")
            start_together([self.server])
            return
        say("正在准备数据库 · preparing the database …")
        start_together([self._step("migrate")])
        say("正在启动服务和演示数据 · starting the server and filling the demo office …")
        start_together([self._step("seed", "--demo", str(self.data)), self.server])
        preparation.remember()

    def watch(self) -> None:
        """Return never: raises PartError when a part dies. The server alone is started again."""
        while True:
            for part in self._infrastructure:
                if part.exit_code is not None:
                    self._revive(part)
            if self.server.exit_code is not None:
                self._restart_server()
            time.sleep(WATCH_SECONDS)

    def stop(self) -> None:
        """The server first, so that it can finish what it began; then what it stands on."""
        self.server.stop()
        stop_together(self._infrastructure)

    @property
    def _infrastructure(self) -> list[Part]:
        return [self.mongo, self.store, self.sandbox, *([self.janus] if self.janus else [])]

    def _log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"

    def _choose_address(self, options: Options) -> None:
        self._port = options.port or self._ports.get_free("web")
        self._certificate: Path | None = None
        self._tls: dict[str, str] = {}
        self._host = LOOPBACK
        if not options.https:
            self.url = f"http://{LOOPBACK}:{self._port}"
            return
        address = own_address()
        self._certificate, key = make_certificate(self.data, address)
        self._tls = {"CASESPACE_TLS_CERT_FILE": str(self._certificate), "CASESPACE_TLS_KEY_FILE": str(key)}
        self._host = "0.0.0.0"  # noqa: S104 - asked for with --https: phones shall reach it
        self.url = f"https://{address}:{self._port}"

    def _write_environment(self) -> dict[str, str]:
        file = self.data / "casespace.env"
        variables = {
            **store_variables(self.mongo.uri, self.store.endpoint, self._keys.s3, BUCKET),
            **key_variables(self.data, self._keys),
            **sandbox_variables(self.data / "sandbox", self.sandbox.url),
            **(self.janus.variables() if self.janus else {}),
            "CASESPACE_DEMO_FILE": str(self.demo_file),
            "CASESPACE_HTTP_HOST": self._host,
            "CASESPACE_HTTP_PORT": str(self._port),
            "CASESPACE_PUBLIC_URL": self.url,
            "CASESPACE_CONTENT_SAFETY": "true",
            "CASESPACE_PAYEE_NAME": PAYEE,
            **self._tls,
        }
        write_environment_file(file, variables)
        return {**passed_on(os.environ), "CASESPACE_CONFIG": str(file), "PYTHONUNBUFFERED": "1"}

    def _step(self, *arguments: str) -> Step:
        return Step(list(arguments), self._environment, self._log(arguments[0]))

    def _revive(self, part: Part) -> None:
        """The one part that the product outlives: hearings go on in a new one. Any other raises its PartError."""
        if not isinstance(part, Janus):
            raise part.died()
        say(f"{part.died()}\n语音服务意外退出，正在重新启动 · Janus died and is started again")
        part.start()
        time.sleep(1)  # one that dies at once must not keep the machine busy

    def _restart_server(self) -> None:
        fault = self.server.died()
        now = time.monotonic()
        self._restarts = [moment for moment in self._restarts if now - moment < RESTART_WINDOW] + [now]
        if len(self._restarts) > RESTARTS:
            raise PartError("server", f"died {RESTARTS + 1} times within {RESTART_WINDOW:.0f} s. Lastly: {fault}")
        say(f"{fault}\n服务意外退出，正在重新启动 · the server died and is started again")
        self.server.start()
