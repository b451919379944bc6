"""PDF documents from HTML templates, by WeasyPrint in a process of its own.

Setting a page takes up to a second of CPU and a good deal of memory; in a process the loop goes on meanwhile, what
hangs can be ended, and the memory is given back. That process gets neither the settings nor a way out: its templates
are ours, and it loads nothing but ``data:`` addresses.
"""

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from schemas.api.base import CHINA
from services.amounts import yuan_on_paper
from services.errors import Problem

log = logging.getLogger("casespace.papers")

AT_ONCE = 2
LONGEST_SECONDS = 60.0
TEMPLATES = Path(__file__).parent / "templates"
_ROOT = Path(__file__).resolve().parents[2]
# What fonts and the language of dates need; keys and passwords of this process stay here.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "HOME", "FONTCONFIG_PATH", "FONTCONFIG_FILE")


def day(moment: datetime) -> str:
    """In China's time: ``2026年11月22日``."""
    local = moment.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日"


def minute(moment: datetime) -> str:
    """In China's time: ``2026-11-22 09:30``."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


class Papers:
    """``pdf`` gives the same bytes for the same template and values: nothing in them is the time of printing."""

    def __init__(
        self, templates: Path = TEMPLATES, python: str = sys.executable, seconds: float = LONGEST_SECONDS
    ) -> None:
        """``templates``: a folder; ``paper.html`` is found from any. ``python`` runs the press. A paper that is not
        made in ``seconds`` is given up."""
        self._templates = Environment(
            loader=FileSystemLoader([templates, TEMPLATES]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(yuan=yuan_on_paper, day=day, minute=minute)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._python = python
        self._seconds = seconds

    def html(self, template: str, values: Mapping[str, Any]) -> str:
        """The page itself. Values are escaped; one that is missing raises ``jinja2.UndefinedError``."""
        return self._templates.get_template(template).render(values)

    async def pdf(self, template: str, values: Mapping[str, Any]) -> bytes:
        """``template`` (a file of ``templates/``, usually built on ``paper.html``) with ``values``, as PDF.

        Raises ``server.unavailable`` when it cannot be made: libraries or fonts missing, or too slow.
        """
        html = self.html(template, values)
        async with self._gate:
            return await self._press(html)

    async def _press(self, html: str) -> bytes:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        press = await asyncio.create_subprocess_exec(
            self._python,
            "-m",
            "services.papers.press",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=_ROOT,
            # fontconfig keeps its cache there; a container's file system is read-only elsewhere
            env={**environment, "XDG_CACHE_HOME": tempfile.gettempdir()},
        )
        try:
            made, said = await asyncio.wait_for(press.communicate(html.encode()), self._seconds)
        except TimeoutError:
            log.error("a paper was not made within %s seconds", self._seconds)  # noqa: TRY400 - the trace says nothing
            raise Problem("server.unavailable", retry_after=60) from None
        finally:
            if press.returncode is None:
                press.kill()
                await press.wait()
        if press.returncode != 0:
            # the last line names the fault; what is set in the page is not in it
            log.error("a paper could not be made: %s", said.decode(errors="replace").strip().rpartition("\n")[2][:300])
            raise Problem("server.unavailable", retry_after=60)
        return made
