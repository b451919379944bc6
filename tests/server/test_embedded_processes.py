"""Parts are started together, named when they fail, and never outlive whoever started them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.embedded.processes import PartError, start_together, stop_together
from tests.parts.programs import NEVER_READY, READY_THEN_SLEEP, Program, is_alive
from tests.patience import PATIENCE

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def wait_until_gone(pid: int, seconds: float = PATIENCE / 2) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def test_a_part_runs_in_its_own_session_and_stops(tmp_path: Path) -> None:
    part = Program("sleeper", tmp_path, READY_THEN_SLEEP)
    start_together([part])
    assert os.getsid(part.pid) == part.pid != os.getsid(0)
    assert is_alive(part.pid)
    stop_together([part])
    assert part.exit_code == -signal.SIGTERM
    assert not is_alive(part.pid)


def test_a_part_that_dies_at_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    part = Program("teapot", tmp_path, "print('short and stout'); raise SystemExit(3)")
    with pytest.raises(PartError) as caught:
        start_together([part])
    assert str(caught.value).startswith("teapot: stopped with exit code 3")
    assert "short and stout" in str(caught.value)


def test_the_last_words_are_of_this_start_only(tmp_path: Path) -> None:
    part = Program("teapot", tmp_path, "print('first life'); raise SystemExit(3)")
    with pytest.raises(PartError, match="first life"):
        start_together([part])
    part.code = "raise SystemExit(4)"
    with pytest.raises(PartError) as caught:
        start_together([part])
    assert "first life" not in str(caught.value)


class EndsBetweenTwoLooks(Program):
    """A step that must end well, and does so after it was found not to have ended."""

    looks = 0

    def ready(self) -> bool:
        self.looks += 1
        if self.looks == 1:
            assert self._process is not None
            self._process.wait(10)
            return False
        return self.exit_code == 0


def test_a_step_that_ends_well_while_it_is_looked_at_has_not_failed(tmp_path: Path) -> None:
    start_together([EndsBetweenTwoLooks("step", tmp_path, "")])


def test_a_part_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    part = Program("dreamer", tmp_path, NEVER_READY)
    part.ready_within = 0.3
    with pytest.raises(PartError, match="dreamer: is not ready after"):
        start_together([part])
    assert not is_alive(part.pid)


def test_when_one_fails_the_others_are_stopped(tmp_path: Path) -> None:
    good, slow = Program("good", tmp_path / "a", READY_THEN_SLEEP), Program("slow", tmp_path / "b", NEVER_READY)
    bad = Program("bad", tmp_path / "c", "raise SystemExit(1)")
    slow.ready_within = 10 * PATIENCE
    for part in (good, slow, bad):
        part.folder.mkdir()
    started = time.monotonic()
    with pytest.raises(PartError, match="bad: stopped with exit code 1"):
        start_together([good, slow, bad])
    assert time.monotonic() - started < PATIENCE, "it must not wait for the slow one"
    assert not is_alive(good.pid)
    assert not is_alive(slow.pid)


def test_one_that_will_not_stop_is_killed_with_its_children(tmp_path: Path) -> None:
    stubborn = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path("child").write_text(str(child.pid))
pathlib.Path("ready").touch()
time.sleep(60)
"""
    part = Program("stubborn", tmp_path, stubborn)
    part.stop_within = 0.3
    start_together([part])
    child = int((tmp_path / "child").read_text("utf-8"))
    assert is_alive(child)
    part.stop()
    assert part.exit_code == -signal.SIGKILL
    assert wait_until_gone(child)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can tie a process to its starter")
def test_kill_9_of_the_starter_leaves_nothing_behind(tmp_path: Path) -> None:
    starter = f"""
import os, pathlib, signal
from server.embedded.processes import start_together
from tests.parts.programs import READY_THEN_SLEEP, Program
part = Program("orphan", pathlib.Path({str(tmp_path)!r}), READY_THEN_SLEEP)
start_together([part])
print(part.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", starter], cwd=REPOSITORY, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert wait_until_gone(int(done.stdout))


def test_a_part_sees_nothing_of_the_callers_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASESPACE_MONGO_URI", "mongodb://production.example/")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "production")
    code = "import os, pathlib; pathlib.Path('env').write_text(repr(dict(os.environ)))\n" + READY_THEN_SLEEP
    part = Program("nosy", tmp_path, code)
    start_together([part])
    part.kill()
    assert "production" not in (tmp_path / "env").read_text("utf-8")
    assert "PATH" in (tmp_path / "env").read_text("utf-8")
