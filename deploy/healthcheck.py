"""The container's health check: does this process answer /healthz? Standard library only."""

import http.client
import os
import sys


def main() -> int:
    port = int(os.environ.get("CASESPACE_HTTP_PORT", "8000"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
