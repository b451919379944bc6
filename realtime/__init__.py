"""The Socket.IO door: events in (``base``, ``messages``), events out (``publisher``), the transport (``engine``)."""
