"""Janus Gateway for hearings, if this machine has one: our own configuration, the AudioBridge only, on loopback.

Janus offers no sound on loopback interfaces, so the sound itself goes over the address that this machine has in its
network. The service that Debian's package sets up is never used: it is open to everybody.
"""

import secrets
import shutil
import socket
import string
from pathlib import Path

from server.embedded.ports import LOOPBACK, KeptPorts, is_free
from server.embedded.processes import Command, Part, PartError

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "deploy" / "janus"
LIBRARIES = (
    Path("/usr/lib"),
    Path("/usr/local/lib"),
    Path("/opt/janus/lib"),
)
PARTS = {"plugins": "libjanus_audiobridge.so", "transports": "libjanus_websockets.so", "events": "", "loggers": ""}
HOW_TO_INSTALL = (
    "没有找到 Janus，庭审没有语音 · hearings have no sound: there is no Janus on this machine. On Debian:\n"
    "  sudo ln -s /dev/null /etc/systemd/system/janus.service   # the packaged service is open to everybody\n"
    "  sudo apt-get install --no-install-recommends janus janus-tools"
)
RTP_PORTS = "20000-20400"
EVERY_ADDRESS = ""  # that this machine has in a network


def embedded_janus(folder: Path, ports: KeptPorts, log_file: Path) -> tuple["Janus | None", str]:
    """A Janus for this machine, with secrets of this one start; or None, and why hearings have no sound."""
    if find_janus() is None:
        return None, HOW_TO_INSTALL
    drawn = (secrets.token_urlsafe(24), secrets.token_urlsafe(24))
    return Janus(folder, ports.get("janus"), drawn, EVERY_ADDRESS, log_file), ""


def find_janus() -> Path | None:
    """The program, if it is installed with the AudioBridge."""
    program = shutil.which("janus")
    if program is None or any(_library(folder, name) is None for folder, name in PARTS.items() if name):
        return None
    return Path(program)


class Janus(Part):
    """One Janus with a configuration of its own in ``folder``."""

    name = "janus"

    def __init__(
        self,
        folder: Path,
        port: int,
        passwords: tuple[str, str],
        address: str,
        log_file: Path,
    ) -> None:
        """``passwords``: of the API, and the AudioBridge's admin key. ``address``: where sound is offered."""
        super().__init__(log_file)
        self.folder = folder
        self.port = port
        self.address = address
        self.recordings = folder / "recordings"
        self._secrets = passwords

    @property
    def url(self) -> str:
        return f"ws://{LOOPBACK}:{self.port}"

    def variables(self) -> dict[str, str]:
        """What the product must be told to use it."""
        return {
            "CASESPACE_HEARING_JANUS_URL": self.url,
            "CASESPACE_HEARING_JANUS_SECRET": self._secrets[0],
            "CASESPACE_HEARING_JANUS_ADMIN_KEY": self._secrets[1],
            "CASESPACE_HEARING_RECORDINGS": str(self.recordings),
        }

    def command(self) -> Command:
        program = find_janus()
        if program is None:
            raise PartError(self.name, HOW_TO_INSTALL)
        if not is_free(self.port):
            raise PartError(self.name, f"its port {self.port} is taken by another program: end that first.")
        self._configure()
        return Command([str(program), "-F", str(self.folder / "config")], self.folder)

    def ready(self) -> bool:
        """Whether its WebSocket takes connections."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((LOOPBACK, self.port)) == 0

    def _configure(self) -> None:
        config = self.folder / "config"
        shutil.rmtree(config, ignore_errors=True)
        config.mkdir(parents=True, mode=0o700)
        self.recordings.mkdir(exist_ok=True, mode=0o700)
        values = {
            "CONFIG": str(config),
            "SECRET": self._secrets[0],
            "ADMIN_KEY": self._secrets[1],
            "ADDRESS": self.address,
            "LISTEN": LOOPBACK,
            "PORT": str(self.port),
            "RTP_PORTS": RTP_PORTS,
        }
        for template in TEMPLATES.glob("*.jcfg"):
            filled = string.Template(template.read_text("utf-8")).substitute(values)
            (config / template.name).write_text(filled, "utf-8")
        for folder, name in PARTS.items():
            (config / folder).mkdir()
            library = _library(folder, name) if name else None
            if library is not None:
                (config / folder / name).symlink_to(library)


def _library(folder: str, name: str) -> Path | None:
    for root in LIBRARIES:
        for found in (*root.glob(f"janus/{folder}/{name}"), *root.glob(f"*/janus/{folder}/{name}")):
            return found
    return None
