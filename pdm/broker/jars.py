"""The jars of Apache Kafka: fetched once, and refused unless they are exactly the committed ones."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from pdm.errors import BrokerError
from pdm.settings import Settings, read

KAFKA = "4.3.1"
ENDPOINT = f"org.apache.kafka:kafka_2.13:{KAFKA}+org.slf4j:slf4j-simple:1.7.36"


def committed() -> dict[str, str]:
    """Return file name -> sha256 of every jar that may run here."""
    lines = (files("pdm.broker") / "jars.sha256").read_text("ascii").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def classpath(settings: Settings | None = None) -> str:
    """Return Kafka's class path; what is missing is fetched first, which takes some 15 s.

    settings : where the cache and the repository are; otherwise what the environment says
    raises BrokerError if the jars cannot be fetched, or if one is not the committed one
    """
    settings = settings or read(os.environ)
    folder = settings.cache_dir / f"kafka-{KAFKA}"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = committed()
    with _locked(settings.cache_dir / "fetching"):
        if any(not (folder / name).exists() for name in wanted):
            _fetch(settings, folder)
    _check([folder / name for name in wanted])
    return os.pathsep.join(str(folder / name) for name in wanted)


def _fetch(settings: Settings, folder: Path) -> None:
    """Resolve Kafka and put the jars, checked, into `folder`; a partial one never counts as whole."""
    found = _resolve(settings)
    wanted = committed()
    names = {jar.name for jar in found}
    if names != set(wanted):
        odd = ", ".join(sorted(names ^ set(wanted)))
        raise BrokerError(f"Kafka {KAFKA} resolves to other jars than pdm/broker/jars.sha256 lists: {odd}")
    _check(found)
    for jar in found:
        part = folder / f"{jar.name}.part"
        part.write_bytes(jar.read_bytes())
        part.replace(folder / jar.name)


def _resolve(settings: Settings) -> list[Path]:
    """Let jgo download what Kafka's pom asks for; its own errors become one of ours."""
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - half a second, and needed once only
    from jgo.env import EnvironmentBuilder  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    url, cache = settings.maven_repository or MAVEN_CENTRAL_URL, settings.cache_dir
    context = MavenContext(repo_cache=cache / "maven", remote_repos={"central": url})
    try:
        environment = EnvironmentBuilder(context=context, cache_dir=cache / "jgo").from_endpoint(ENDPOINT)
    except Exception as error:
        raise BrokerError(f"Kafka's jars could not be fetched from {url}: {error}") from error
    return [*Path(environment.path).glob("jars/*.jar"), *Path(environment.path).glob("modules/*.jar")]


def _check(jars: list[Path]) -> None:
    """Raise BrokerError for the first jar whose content is not the committed one."""
    wanted = committed()
    for jar in jars:
        with jar.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        if digest != wanted[jar.name]:
            raise BrokerError(
                f"{jar} is not the jar that was committed (sha256 {digest}, not {wanted[jar.name]}): "
                f"delete it and start again; if it comes back, the repository serves something else"
            )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time fetch into this cache."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
