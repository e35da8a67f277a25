"""Certificates for tests, made by openssl: an authority, and what it signs for loopback."""

import ssl
import subprocess
from pathlib import Path

from msgspec import Struct
from programs import require


class Certificates(Struct, frozen=True):
    """PEM files in one folder.

    ca         : the authority's certificate
    cert, key  : of a server at 127.0.0.1 and localhost
    both       : key and certificate in one file, as Kafka wants them
    """

    ca: Path
    cert: Path
    key: Path
    both: Path


def make(folder: Path, name: str = "IP:127.0.0.1,DNS:localhost") -> Certificates:
    """Make an authority and a certificate that it signs for a name, valid for two days."""
    folder.mkdir(parents=True, exist_ok=True)
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    cert, key, asked = folder / "server.pem", folder / "server.key", folder / "server.csr"
    extensions = folder / "server.ext"
    extensions.write_text(f"subjectAltName={name}\nbasicConstraints=CA:FALSE\n", "utf-8")
    elliptic = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    _openssl(
        "req", "-x509", *elliptic, "-subj", "/CN=Test authority", "-days", "2", "-keyout", ca_key, "-out", ca
    )
    _openssl("req", *elliptic, "-subj", "/CN=Test server", "-keyout", key, "-out", asked)
    _openssl(
        "x509", "-req", "-in", asked, "-CA", ca, "-CAkey", ca_key, "-set_serial", "2", "-days", "2",
        "-extfile", extensions, "-out", cert,
    )  # fmt: skip
    both = folder / "server-both.pem"
    both.write_text(key.read_text("utf-8") + cert.read_text("utf-8"), "utf-8")
    return Certificates(ca, cert, key, both)


def _openssl(*arguments: object) -> None:
    done = subprocess.run(
        [require("openssl"), *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def context(ca: Path) -> ssl.SSLContext:
    """Trust an authority, as a careful client does."""
    return ssl.create_default_context(cafile=ca)
