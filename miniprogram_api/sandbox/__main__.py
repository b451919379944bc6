"""``python -m miniprogram_api.sandbox --port N --data DIR [--product-url URL] [--notify-speed X] [--refund-gap S]``."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from miniprogram_api.sandbox.app import build_app, build_world
from miniprogram_api.sandbox.till import REFUND_GAP

_HOST = "127.0.0.1"


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM. Returns 2 in production: a test double has no business there."""
    if os.environ.get("CASESPACE_ENV", "").strip().lower() == "production":
        sys.stderr.write("The sandbox stands in for WeChat and must not run where CASESPACE_ENV=production.\n")
        return 2
    options = _parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(serve(options))
    return 0


async def serve(options: argparse.Namespace) -> None:
    """Listen on loopback (``--port 0`` takes a free port) and say where on stdout."""
    os.umask(0o077)
    world = build_world(options.data, options.product_url, options.notify_speed, options.refund_gap)
    server = HTTPServer(build_app(world), max_body_size=1024 * 1024)
    sockets = bind_sockets(options.port, _HOST)
    server.add_sockets(sockets)
    world.resume()
    sys.stdout.write(f"LISTENING http://{_HOST}:{sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
    server.stop()
    await world.stop()


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m miniprogram_api.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="credentials and state are kept here")
    parser.add_argument("--product-url", help="where WeChat's message push goes")
    parser.add_argument("--notify-speed", type=float, default=60.0, help="how many times faster than WeChat to retry")
    # 0 is for a product whose clock a test moves: it cannot wait for a real minute.
    parser.add_argument(
        "--refund-gap", type=float, default=REFUND_GAP, help="seconds between two refunds; WeChat Pay's are 60"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
