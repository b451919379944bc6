"""What must come from the operating system, and how to get it.

On Debian and Ubuntu, as root (a container, a CI machine), missing packages are installed; anybody else is told the
command.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ocr_evaluation import fonts

# Shared library → Debian package, as far as mongod and Node need more than a minimal system has.
LIBRARIES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
    "libstdc++.so.6": "libstdc++6",
    "libgcc_s.so.1": "libgcc-s1",
}
# What Node of the browser tests loads beside these.
BROWSER_TESTS = {"libatomic.so.1": "libatomic1"}
# What statements and receipts are set with (WeasyPrint); the product runs without, but makes no PDF then.
PAPER_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# What OpenCV and the inference engine of `ocr/` load.
READING = {"libGL.so.1": "libgl1", "libgthread-2.0.so.0": "libglib2.0-0", "libgomp.so.1": "libgomp1"}
CHINESE_FONT = "fonts-noto-cjk"
# Program → Debian package of what tests call.
TOOLS = {"curl": "curl", "openssl": "openssl", "envsubst": "gettext-base"}
# Program → Debian package of the tests of hearings: the media server, its converter, and networks of their own.
VOICE = {
    "janus": "janus",
    "janus-pp-rec": "janus-tools",
    "turnserver": "coturn",
    "ip": "iproute2",
    "unshare": "util-linux",
}
# Their packages start services that listen to everybody; ours are started by us, with a configuration of our own.
UNWANTED_SERVICES = ("janus", "coturn")


class MissingError(Exception):
    """Something of the system is missing; the text says what to install."""


def require(mode: str) -> None:
    """Everything that `mode` (run, check, test) needs of the system. Raises MissingError."""
    needed = python_packages()
    if mode != "check":
        needed |= library_packages()
    papers = paper_packages() if mode != "check" else set()
    if mode == "test":
        needed |= test_packages() | papers
    if needed:
        provide(sorted(needed))
    if mode == "run" and papers:
        offer(sorted(papers))


def require_for_reading() -> None:
    """What reading papers needs of the system. Raises MissingError."""
    if sys.platform == "linux" and (needed := {package for library, package in READING.items() if not _loads(library)}):
        provide(sorted(needed))


def python_packages() -> set[str]:
    """venv and pip's installer, which Debian packs apart from Python."""
    if importlib.util.find_spec("ensurepip") is not None:
        return set()
    return {f"python{sys.version_info.major}.{sys.version_info.minor}-venv"}


def library_packages() -> set[str]:
    """Debian packages of the shared libraries that the bundled mongod and Node would not find."""
    return _lacking(LIBRARIES)


def paper_packages() -> set[str]:
    """Debian packages without which there are no PDFs: text layout, and a Chinese font."""
    return _lacking(PAPER_LIBRARIES) | (set() if _has_chinese_font() else {CHINESE_FONT})


def test_packages() -> set[str]:
    """Debian packages that the tests need and this machine lacks."""
    packages = set()
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        packages.add("chromium")
    packages |= {package for program, package in TOOLS.items() if shutil.which(program) is None}
    packages |= _lacking(BROWSER_TESTS)
    packages |= {package for program, package in VOICE.items() if _program(program) is None}
    return packages | (fonts.lacking() if sys.platform == "linux" else set())


def offer(packages: list[str]) -> None:
    """Install what the product can run without; where that fails, say what is missing and go on."""
    try:
        provide(packages)
    except MissingError as fault:
        print(f"没有 PDF 文书（结算单、凭证） · no PDF documents until then. {fault}", file=sys.stderr, flush=True)


def provide(packages: list[str]) -> None:
    """Install them, or raise MissingError with the command that does."""
    command = "apt-get install -y --no-install-recommends " + " ".join(packages)
    if shutil.which("apt-get") is None:
        raise MissingError(f"This machine lacks (by their names in Debian): {' '.join(packages)}")
    if os.geteuid() != 0:
        raise MissingError(f"This machine lacks some packages. Please run: sudo {command}")
    print(f"正在安装系统软件包 · installing system packages: {' '.join(packages)} …", file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for service in UNWANTED_SERVICES:
        if service in packages:
            keep_from_starting(service)
    for step in ("apt-get update -q", command + " -q"):
        done = subprocess.run(
            step.split(), env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise MissingError(f"{(done.stdout + done.stderr)[-2000:]}\n`{step}` failed; see above.")


def _lacking(libraries: dict[str, str]) -> set[str]:
    if sys.platform != "linux":
        return set()
    return {package for library, package in libraries.items() if not _loads(library)}


def keep_from_starting(service: str) -> None:
    """Mask a service before its package is installed, as ``systemctl mask`` does, which may not be there."""
    unit = Path("/etc/systemd/system") / f"{service}.service"
    unit.parent.mkdir(parents=True, exist_ok=True)
    if not unit.exists() and not unit.is_symlink():
        unit.symlink_to("/dev/null")


def _program(name: str) -> str | None:
    """Where a program is, also one that only root has on the path."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))
    done = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip())
