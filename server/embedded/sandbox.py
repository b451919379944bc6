"""The WeChat sandbox as a part: its own process, ``python -m miniprogram_api.sandbox``."""

import sys
from pathlib import Path

from miniprogram_api.sandbox import create_credentials
from server.embedded.http_check import get_status
from server.embedded.ports import LOOPBACK, is_free
from server.embedded.processes import Command, Part, PartError

REPOSITORY = Path(__file__).resolve().parent.parent.parent


class Sandbox(Part):
    """Plays WeChat, WeChat Pay and the SMS provider for the product at `product_url`."""

    name = "sandbox"

    def __init__(
        self,
        folder: Path,
        port: int,
        log_file: Path,
        *,
        product_url: str | None = None,
        trusted: Path | None = None,
        refund_gap: float | None = None,
    ) -> None:
        """`trusted`: a certificate that it shall believe when it calls the product over HTTPS.

        `refund_gap`: seconds that it wants between two refunds of a payment; None for WeChat Pay's own.
        """
        super().__init__(log_file)
        self.folder = folder
        self.port = port
        self.product_url = product_url
        self.trusted = trusted
        self.refund_gap = refund_gap

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def command(self) -> Command:
        if not is_free(self.port):
            raise PartError(self.name, f"its port {self.port} is taken by another program: end that first.")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        arguments = [sys.executable, "-m", "miniprogram_api.sandbox"]
        arguments += ["--port", str(self.port), "--data", str(self.folder)]
        if self.product_url is not None:
            arguments += ["--product-url", self.product_url]
        if self.refund_gap is not None:
            arguments += ["--refund-gap", str(self.refund_gap)]
        environment = {"CASESPACE_ENV": "development", "PYTHONUNBUFFERED": "1"}
        if self.trusted is not None:
            environment["SSL_CERT_FILE"] = str(self.trusted)  # OpenSSL's name for it
        return Command(arguments, REPOSITORY, environment)

    def ready(self) -> bool:
        return get_status(self.port, "/healthz") == 200


def sandbox_variables(folder: Path, url: str) -> dict[str, str]:
    """The product's variables that make the sandbox with data in `folder`, listening at `url`, its only vendor."""
    return {"CASESPACE_SANDBOX_URL": url, **create_credentials(folder).product_variables(url)}
