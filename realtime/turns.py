"""Events of thousands of sockets, a few in each turn of the loop.

uvloop hands out everything that the kernel has to tell before anybody else runs: when thousands of connections end at
once (a proxy restarts, a tunnel of a carrier breaks), nobody is answered meanwhile. Here the sockets are watched by an
epoll of their own, which the loop watches as one more descriptor: it gives a few events each time that it is asked, the
others when it is asked again.
"""

import asyncio
import logging
import select
from collections.abc import Callable
from typing import Any

from tornado.ioloop import IOLoop

log = logging.getLogger("casespace.socket")

IN_A_TURN = 32
_WANTED = IOLoop.READ | IOLoop.WRITE  # Tornado's numbers are those of epoll
_BROKEN = select.EPOLLHUP | select.EPOLLERR

Handler = Callable[[Any, int], None]


class Turns:
    """Stands in for a stream's IOLoop: watches descriptors itself, and leaves everything else to the real one."""

    def __init__(self, real: IOLoop) -> None:
        self._real = real
        self._epoll: select.epoll | None = None
        self._handlers: dict[int, tuple[Any, Handler]] = {}
        self._wanted: dict[int, int] = {}  # descriptor → events that the kernel watches it for

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def add_handler(self, fd: Any, handler: Handler, events: int) -> None:
        number, thing = self._real.split_fd(fd)
        self._handlers[number] = (thing, handler)
        self._watch(number, events & _WANTED)

    def update_handler(self, fd: Any, events: int) -> None:
        self._watch(self._real.split_fd(fd)[0], events & _WANTED)

    def remove_handler(self, fd: Any) -> None:
        number = self._real.split_fd(fd)[0]
        if self._handlers.pop(number, None) is not None:
            self._watch(number, 0)
        if not self._handlers:
            self._close()

    def _watch(self, number: int, events: int) -> None:
        """Not at all when nothing is wanted: epoll tells of a broken connection whether one asks or not."""
        before = self._wanted.get(number, 0)
        epoll = self._opened()
        if events == before:
            return
        if not events:
            epoll.unregister(number)
            del self._wanted[number]
            return
        (epoll.modify if before else epoll.register)(number, events)
        self._wanted[number] = events

    def _opened(self) -> select.epoll:
        if self._epoll is None:
            self._epoll = select.epoll()
            asyncio.get_running_loop().add_reader(self._epoll.fileno(), self._turn, self._epoll)
        return self._epoll

    def _close(self) -> None:
        if self._epoll is not None:
            asyncio.get_running_loop().remove_reader(self._epoll.fileno())
            self._epoll.close()
            self._epoll = None

    def _turn(self, epoll: select.epoll) -> None:
        for number, events in epoll.poll(0, IN_A_TURN):
            wanted = self._wanted.get(number, 0)  # an earlier one of this turn may have changed it
            if events & _BROKEN:
                events |= wanted
            if events & wanted:
                thing, handler = self._handlers[number]
                self._handle(thing, handler, events & wanted)

    @staticmethod
    def _handle(thing: Any, handler: Handler, events: int) -> None:
        try:
            handler(thing, events)
        except Exception:  # a connection can only hurt itself
            log.exception("a socket's event could not be handled")
