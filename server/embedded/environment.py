"""What the product is told in development: the variables that point it at the embedded parts."""

from collections.abc import Mapping
from pathlib import Path

from server.embedded.keys import Keys, record_key_file, write_private
from server.embedded.seaweed import REGION, S3Keys

PREFIX = "CASESPACE_"

# Behaviour that a developer may set in the shell for one run. Nothing that names a database, a store, a vendor or a
# secret: a shell prepared for production must not reach production through the demo.
PASSED_ON = (
    "ACCESS_TOKEN_MINUTES",
    "DRAIN_SECONDS",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "LOG_REQUESTS",
    "NOTIFY_AFTER_SECONDS",
    "PAY_LAPSE_MINUTES",
    "PAY_QUERY_AFTER_SECONDS",
    "RATE_LIMITS",
    "RECALL_MINUTES",
    "REFRESH_TOKEN_DAYS",
    "UPLOAD_MAX_MB",
)


def passed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of the caller's shell that the product may see."""
    names = [PREFIX + name for name in PASSED_ON]
    return {name: environment[name] for name in names if name in environment}


def store_variables(mongo_uri: str, s3_endpoint: str, s3_keys: S3Keys, bucket: str) -> dict[str, str]:
    return {
        "CASESPACE_ENV": "development",
        "CASESPACE_MONGO_URI": mongo_uri,
        "CASESPACE_S3_ENDPOINT": s3_endpoint,
        "CASESPACE_S3_SECURE": "false",
        "CASESPACE_S3_REGION": REGION,
        "CASESPACE_S3_BUCKET": bucket,
        "CASESPACE_S3_ACCESS_KEY": s3_keys.access_key,
        "CASESPACE_S3_SECRET_KEY": s3_keys.secret_key,
    }


def key_variables(folder: Path, keys: Keys) -> dict[str, str]:
    return {
        "CASESPACE_MASTER_KEYS": f"m1:{keys.master}",
        "CASESPACE_INDEX_KEY": keys.index,
        "CASESPACE_TOKEN_KEYS": f"t1:{keys.token}",
        "CASESPACE_RECORD_KEY_FILE": str(record_key_file(folder)),
    }


def write_environment_file(file: Path, variables: Mapping[str, str]) -> None:
    """Write ``NAME='value'`` lines, readable by the owner only. Raises ValueError for what the format cannot hold."""
    lines = ["# Written by scripts/run at every start. Use it by hand: CASESPACE_CONFIG=THIS_FILE python -m server …"]
    for name, value in sorted(variables.items()):
        if "'" in value or "\n" in value or "${" in value:
            raise ValueError(f"{name} cannot be written to {file.name}")
        lines.append(f"{name}='{value}'")
    write_private(file, ("\n".join(lines) + "\n").encode())
