"""A real time-stamp authority: OpenSSL signs, a small server of the tests speaks HTTP (RFC 3161, section 3.4)."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = unused
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[between]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[anything]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = serverAuth
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


def openssl(*arguments: str, data: bytes | None = None) -> bytes:
    done = subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@dataclass
class Authority:
    """Keys and certificates of an authority in ``folder``; ``stamp`` answers one request."""

    folder: Path
    key: tuple[str, ...] = ("EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    usage: str = "stamps"
    digest: str = "sha256"
    ess: str = "sha256"
    intermediate: bool = True

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "openssl.cnf"
        self.config.write_text(_CONFIG.format(folder=self.folder, digest=self.digest, ess=self.ess))
        (self.folder / "serial").write_text("01\n")
        self._certificate("root", "Test Root", "root", None)
        issuer = "root"
        if self.intermediate:
            self._certificate("between", "Test Intermediate", "between", "root")
            issuer = "between"
        self._certificate("signer", "Test TSA", self.usage, issuer)

    @property
    def root(self) -> Path:
        return self.folder / "root.crt"

    def request(self, datum: bytes) -> bytes:
        file = self.folder / "datum"
        file.write_bytes(datum)
        return openssl("ts", "-query", "-data", str(file), "-sha256", "-cert", "-config", str(self.config))

    def stamp(self, request: bytes) -> bytes:
        query = self.folder / f"query{threading.get_ident()}"
        query.write_bytes(request)
        chain = ["-chain", str(self.folder / "between.crt")] if self.intermediate else []
        return openssl(
            "ts",
            "-reply",
            "-config",
            str(self.config),
            "-queryfile",
            str(query),
            "-signer",
            str(self.folder / "signer.crt"),
            "-inkey",
            str(self.folder / "signer.key"),
            *chain,
        )

    def of(self, datum: bytes) -> bytes:
        """A TimeStampResp over these bytes."""
        return self.stamp(self.request(datum))

    def _certificate(self, name: str, common_name: str, section: str, issuer: str | None) -> None:
        key, csr, crt = (str(self.folder / f"{name}.{end}") for end in ("key", "csr", "crt"))
        openssl("genpkey", "-algorithm", self.key[0], *self.key[1:], "-out", key)
        openssl("req", "-new", "-config", str(self.config), "-key", key, "-subj", f"/CN={common_name}", "-out", csr)
        signing = ["-signkey", key]
        if issuer is not None:
            signing = ["-CA", str(self.folder / f"{issuer}.crt"), "-CAkey", str(self.folder / f"{issuer}.key")]
            signing.append("-CAcreateserial")
        extensions = ["-extfile", str(self.config), "-extensions", section]
        openssl("x509", "-req", "-in", csr, *signing, *extensions, "-days", "30", "-sha256", "-out", crt)


@dataclass
class Served:
    """An authority behind HTTP. ``broken`` makes it answer what is not a stamp."""

    authority: Authority
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    broken: tuple[int, bytes] | None = None


@contextmanager
def serve(authority: Authority) -> Iterator[Served]:
    served = Served(authority)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            served.asked.append(request)
            status, answer = served.broken or (200, authority.stamp(request))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}/tsa"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
