"""From what the operator names to a storage: `/srv/files`, or `s3://bucket/prefix?endpoint=https://…`."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from dossier.foundation.storage.folder import Folder
from dossier.foundation.storage.kinds import Storage
from dossier.foundation.storage.s3 import S3, Bucket

_ENCRYPTIONS = ("AES256", "aws:kms", "aws:kms:dsse")
_KNOWN = ("endpoint", "region", "style", "encryption", "encryption_key")


@dataclass(frozen=True, slots=True)
class Place:
    """Where files are kept: a folder, or a bucket without its credentials."""

    folder: Path | None = None
    bucket: Bucket | None = field(default=None)

    @classmethod
    def read(cls, text: str) -> "Place":
        """The place that a text names; ValueError says how it must be."""
        parts = urlsplit(text)
        if parts.scheme == "s3":
            return cls(
                bucket=_bucket(
                    parts.netloc, parts.path.strip("/"), dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
                )
            )
        if parts.scheme == "file":
            text = parts.path
        if not text.startswith("/"):
            message = (
                "must be a folder, such as /srv/dossier/files, or s3://bucket/prefix?endpoint=https://s3.example.org"
            )
            raise ValueError(message)
        return cls(folder=Path(text))


def opened(place: Place | None, data_dir: Path, key_id: str | None = None, secret: str | None = None) -> Storage:
    """The storage at a place; without one, the folder `files` in the data folder."""
    if place is None or place.bucket is None:
        return Folder((place and place.folder) or data_dir / "files")
    at = place.bucket
    return S3(
        Bucket(
            at.name, at.prefix, at.endpoint, at.region, at.path_style, at.encryption, at.encryption_key, key_id, secret
        ),
        data_dir / "unfinished",
    )


def _bucket(name: str, prefix: str, given: dict[str, str]) -> Bucket:
    if not name or "@" in name:
        message = "must name a bucket, and no credentials: s3://bucket/prefix?endpoint=https://s3.example.org"
        raise ValueError(message)
    if unknown := given.keys() - set(_KNOWN):
        message = f"knows {', '.join(_KNOWN)} behind the ?, and not {', '.join(sorted(unknown))}"
        raise ValueError(message)
    endpoint = given.get("endpoint")
    if endpoint and urlsplit(endpoint).scheme not in ("http", "https"):
        message = "must have an endpoint such as https://s3.example.org"
        raise ValueError(message)
    if given.get("encryption", "AES256") not in _ENCRYPTIONS or given.get("style", "path") not in ("path", "host"):
        message = f"has encryption={'|'.join(_ENCRYPTIONS)} and style=path|host"
        raise ValueError(message)
    return Bucket(
        name,
        prefix,
        endpoint,
        given.get("region", "us-east-1"),
        given.get("style", "path") == "path",
        given.get("encryption"),
        given.get("encryption_key"),
    )
