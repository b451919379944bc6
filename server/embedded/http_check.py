"""One quick GET against a server on this machine."""

import http.client
import ssl
from pathlib import Path


def get_status(port: int, path: str, certificate: Path | None = None, host: str = "127.0.0.1") -> int | None:
    """The status of ``GET path``, or None when nothing answers. With `certificate`: over TLS, trusting only that."""
    connection: http.client.HTTPConnection
    if certificate is None:
        connection = http.client.HTTPConnection(host, port, timeout=2)
    else:
        context = ssl.create_default_context(cafile=str(certificate))
        connection = http.client.HTTPSConnection(host, port, timeout=2, context=context)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
