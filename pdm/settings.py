"""What may differ between two installations: read once from the environment, then passed as an argument."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from pdm.errors import PdmError
from pdm.history.keep import Keep, read_keep

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(PdmError):
    """A setting has a value that cannot be meant; the message names the variable."""


class Secret(str):
    """Text that must not be printed: it is itself where it is used, and hidden wherever it is shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'" if self else "''"


class Address(Struct, frozen=True):
    """Where to listen; port 0 takes a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Settings(Struct, frozen=True, kw_only=True):
    """All settings of a process; the variable is the field's name in capitals after PDM_.

    bootstrap       : Kafka, HOST:PORT or several with commas
    http            : where the gateway listens; metrics: where a worker shows its own
    data_dir        : store, logs and the embedded broker
    plant           : plant file, or None for the shipped defaults alone
    partitions      : of each topic; fixed once the topics exist
    store           : SQLAlchemy URL; unless set, the SQLite file `pdm.sqlite` in data_dir
    metrics_targets : name -> HOST:PORT of the other processes' metrics, "align=127.0.0.1:9101,..."
    cache_dir       : what can be fetched again: the jars of the embedded broker
    maven_repository: URL from which they come, or "" for Maven Central
    history_keep    : how long readings, and averages of a minute and an hour, are kept
    llm_*           : OpenAI-compatible endpoint that words advice; no base URL, no LLM
    """

    bootstrap: str = "127.0.0.1:9092"
    http: Address = Address("127.0.0.1", 8080)
    metrics: Address = Address("127.0.0.1", 0)
    metrics_targets: dict[str, str] = {}
    data_dir: Path = Path("pdm-data")
    plant: Path | None = None
    partitions: int = 4
    store: str = ""
    cache_dir: Path = Path("~/.cache/pdm-service").expanduser()
    maven_repository: str = ""
    history_keep: Keep = Keep()
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: Secret = Secret()
    log_level: str = "INFO"

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL of the store."""
        return self.store or f"sqlite:///{self.data_dir.absolute() / 'pdm.sqlite'}"

    @property
    def history_dir(self) -> Path:
        """Folder of the history of readings."""
        return self.data_dir.absolute() / "history"


def read(environ: Mapping[str, str]) -> Settings:
    """Return the settings that `environ` says, defaults for the rest.

    A variable that is set but empty counts as not set, as container files write it.
    raises SettingsError naming the first variable whose value is refused
    """
    found: dict[str, Any] = {}
    for name, parse in PARSERS.items():
        variable = f"PDM_{name.upper()}"
        text = environ.get(variable, "").strip()
        if not text:
            continue
        try:
            found[name] = parse(text)
        except ValueError as error:
            raise SettingsError(f"{variable}={_shown(name, text)}: {error}") from None
    return Settings(**found)


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables from which `read` gives the same settings again, for child processes."""
    return {f"PDM_{name.upper()}": _text(value) for name, value in structs.asdict(settings).items()}


def address(text: str) -> Address:
    """Parse HOST:PORT, with brackets around an IPv6 host."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ValueError("is not HOST:PORT")
    return Address(host.removeprefix("[").removesuffix("]"), int(port))


def _bootstrap(text: str) -> str:
    return ",".join(str(address(part.strip())) for part in text.split(","))


def _targets(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return {name.strip(): str(address(where.strip())) for name, _, where in pairs}


def _partitions(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1024:
        raise ValueError("is not a number from 1 to 1024")
    return int(text)


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _file(text: str) -> Path:
    if not Path(text).is_file():
        raise ValueError("is not a file")
    return Path(text)


def _store(text: str) -> str:
    if "://" not in text:
        return f"sqlite:///{Path(text).absolute()}"
    if not text.startswith(("sqlite", "postgresql")):
        raise ValueError("is neither a SQLite file nor a postgresql:// URL")
    return text


def _web(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("is not an http(s) URL")
    return text.rstrip("/")


def _level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"is none of {', '.join(LOG_LEVELS)}")
    return text.upper()


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}={where}" for name, where in value.items())
    return "" if value is None else str(value)


def _shown(name: str, text: str) -> str:
    """A refused value as the error may show it; a URL may carry a password, a key is one."""
    return "***" if name == "llm_api_key" or "@" in text else repr(text)


PARSERS: dict[str, Callable[[str], object]] = {
    "bootstrap": _bootstrap,
    "http": address,
    "metrics": address,
    "metrics_targets": _targets,
    "data_dir": _folder,
    "plant": _file,
    "partitions": _partitions,
    "store": _store,
    "cache_dir": _folder,
    "maven_repository": _web,
    "history_keep": read_keep,
    "llm_base_url": _web,
    "llm_model": str,
    "llm_api_key": Secret,
    "log_level": _level,
}
"""One parser for each field of Settings; a parser says what is wrong by ValueError."""
