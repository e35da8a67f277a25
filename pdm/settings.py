"""What may differ between two installations: read once from the environment, then passed as an argument."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from msgspec import Struct, structs

from pdm.errors import PdmError
from pdm.history.keep import Keep, read_keep

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
KAFKA_SECURITY = ("PLAINTEXT", "SSL", "SASL_SSL", "SASL_PLAINTEXT")
KAFKA_MECHANISMS = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")


class SettingsError(PdmError):
    """A setting has a value that cannot be meant; the message names the variable."""


class Secret(str):
    """Text that must not be printed: it is itself where it is used, and hidden wherever it is shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'" if self else "''"


class Days(int):
    """A number of days; 0 has no end."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{int(self)} d"


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
    store           : SQLite file, or postgresql://USER@HOST/DATABASE; unless set, `pdm.sqlite` in data_dir
    store_password  : of that user; store_password_file names a file with it, as a container's secret
    keep_events     : how long cleared alarms are kept, by data time; 0 days keeps them for ever
    keep_runs       : how long replay runs are kept after they were last added to, likewise
    metrics_targets : name -> HOST:PORT of the other processes' metrics, "align=127.0.0.1:9101,..."
    cache_dir       : what can be fetched again: the jars of the embedded broker
    maven_repository: URL from which they come, or "" for Maven Central
    keys            : file of the API keys; unless set, `keys.json` in data_dir
    keys_required   : ask for a key on loopback too; beyond it one is always needed
    reader_key      : file with one more key, which may read: what a deployment hands over as a secret
    tls_*           : certificate (with its chain) and private key of the gateway, PEM files; both or none
    kafka_security  : PLAINTEXT, SSL, SASL_SSL or SASL_PLAINTEXT; with kafka_mechanism for SASL
    kafka_ca        : certificates to trust, unless those of the system are enough; PEM
    kafka_cert, kafka_key      : our own certificate for brokers that ask for one; PEM
    kafka_user, kafka_password : for SASL
    new_names       : machines and channels that a source may bring beyond the plant file
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
    store_password: Secret = Secret()
    store_password_file: Path | None = None
    keep_events: Days = Days(400)
    keep_runs: Days = Days(90)
    cache_dir: Path = Path("~/.cache/pdm-service").expanduser()
    maven_repository: str = ""
    keys: Path | None = None
    keys_required: bool = False
    reader_key: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    kafka_security: str = "PLAINTEXT"
    kafka_mechanism: str = "SCRAM-SHA-512"
    kafka_ca: Path | None = None
    kafka_cert: Path | None = None
    kafka_key: Path | None = None
    kafka_user: str = ""
    kafka_password: Secret = Secret()
    new_names: int = 25_000
    history_keep: Keep = Keep()
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: Secret = Secret()
    log_level: str = "INFO"

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL of the store; it may hold the password.

        raises SettingsError where the file with the password cannot be read
        """
        if not self.store:
            return f"sqlite:///{self.data_dir.absolute() / 'pdm.sqlite'}"
        password = self.store_password or _content(self.store_password_file)
        if not password:
            return self.store
        scheme, _, rest = self.store.partition("://")
        user, at, where = rest.rpartition("@")
        return Secret(f"{scheme}://{user.partition(':')[0]}:{quote(password, safe='')}{at}{where}")

    @property
    def keys_file(self) -> Path:
        """File of the API keys."""
        return self.keys or self.data_dir.absolute() / "keys.json"

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


def private(settings: Settings) -> Settings:
    """Return the same for a service of its own on loopback, which nobody else uses: no keys, no TLS."""
    return structs.replace(settings, keys_required=False, tls_cert=None, tls_key=None)


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


def _count(text: str) -> int:
    if not text.isdigit() or int(text) > 10_000_000:
        raise ValueError("is not a number from 0 to 10000000")
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
    user, at, _ = text.partition("://")[2].rpartition("@")
    return Secret(text) if at and ":" in user else text


def _days(text: str) -> Days:
    number = text.removesuffix("d").strip()
    if not number.isdigit() or int(number) > 36_500:
        raise ValueError("is not a number of days, such as 400 d; 0 d is for ever")
    return Days(number)


def _content(file: Path | None) -> str:
    """Read a secret from its file, without the line's end."""
    try:
        return file.read_text("utf-8").strip() if file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"PDM_STORE_PASSWORD_FILE: {error}") from None


def _web(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("is not an http(s) URL")
    return text.rstrip("/")


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "false", "1", "0"}:
        raise ValueError("is neither true nor false")
    return text.lower() in {"true", "1"}


def _one_of(known: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.upper() not in known:
            raise ValueError(f"is none of {', '.join(known)}")
        return text.upper()

    return parse


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}={where}" for name, where in value.items())
    return "" if value is None else str(value)


def _shown(name: str, text: str) -> str:
    """A refused value as the error may show it; a URL may carry a password, a key is one."""
    return "***" if PARSERS[name] is Secret or "@" in text else repr(text)


PARSERS: dict[str, Callable[[str], object]] = {
    "bootstrap": _bootstrap,
    "http": address,
    "metrics": address,
    "metrics_targets": _targets,
    "data_dir": _folder,
    "plant": _file,
    "partitions": _partitions,
    "store": _store,
    "store_password": Secret,
    "store_password_file": _folder,
    "keep_events": _days,
    "keep_runs": _days,
    "cache_dir": _folder,
    "maven_repository": _web,
    "keys": _folder,
    "keys_required": _flag,
    "reader_key": _file,
    "tls_cert": _file,
    "tls_key": _file,
    "kafka_security": _one_of(KAFKA_SECURITY),
    "kafka_mechanism": _one_of(KAFKA_MECHANISMS),
    "kafka_ca": _file,
    "kafka_cert": _file,
    "kafka_key": _file,
    "kafka_user": str,
    "kafka_password": Secret,
    "new_names": _count,
    "history_keep": read_keep,
    "llm_base_url": _web,
    "llm_model": str,
    "llm_api_key": Secret,
    "log_level": _one_of(LOG_LEVELS),
}
"""One parser for each field of Settings; a parser says what is wrong by ValueError."""
