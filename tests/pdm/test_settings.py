"""Settings from the environment."""

from pathlib import Path

import pytest
from msgspec import structs

from pdm.history.keep import Keep
from pdm.settings import PARSERS, Address, Days, Secret, Settings, SettingsError, environment, read


def test_without_variables_everything_is_on_loopback() -> None:
    """The defaults expose nothing to the network and call nobody."""
    settings = read({})
    assert settings == Settings()
    assert {settings.http.host, settings.metrics.host} == {"127.0.0.1"}
    assert (settings.bootstrap, settings.llm_base_url) == ("127.0.0.1:9092", "")


def test_every_field_has_a_variable() -> None:
    """A field without a parser could not be set."""
    assert set(PARSERS) == set(Settings.__struct_fields__)


ENVIRON = {
    "PDM_BOOTSTRAP": "a:1, b:2",
    "PDM_HTTP": "0.0.0.0:80",
    "PDM_METRICS": "[::1]:9100",
    "PDM_METRICS_TARGETS": "align=127.0.0.1:9101,monitor=127.0.0.1:9102",
    "PDM_PARTITIONS": "8",
    "PDM_STORE": "postgresql+psycopg://pdm@db/pdm",
    "PDM_STORE_PASSWORD": "geheim",
    "PDM_STORE_PASSWORD_FILE": "/run/secrets/store_password",
    "PDM_KEEP_EVENTS": "30 d",
    "PDM_KEEP_RUNS": "0",
    "PDM_CACHE_DIR": "/var/cache/pdm",
    "PDM_MAVEN_REPOSITORY": "https://mirror.example/maven/",
    "PDM_KEYS": "/etc/pdm/keys.json",
    "PDM_KEYS_REQUIRED": "true",
    "PDM_KAFKA_SECURITY": "sasl_ssl",
    "PDM_KAFKA_MECHANISM": "PLAIN",
    "PDM_KAFKA_USER": "pdm",
    "PDM_KAFKA_PASSWORD": "hidden",
    "PDM_NEW_NAMES": "1000",
    "PDM_HISTORY_KEEP": "raw=30d,minute=365d,hour=1000d",
    "PDM_LLM_BASE_URL": "http://llm:8000/v1/",
    "PDM_LLM_MODEL": "small",
    "PDM_LLM_API_KEY": "sk-123",
    "PDM_LOG_LEVEL": "debug",
}


def test_all_variables_are_read_and_written_back(tmp_path: Path) -> None:
    """Child processes get what the parent had, whatever it is."""
    plant = tmp_path / "plant.toml"
    plant.touch()
    files = ("plant", "reader_key", "tls_cert", "tls_key", "kafka_ca", "kafka_cert", "kafka_key")
    given = {f"PDM_{name.upper()}": str(plant) for name in files}
    environ = {**ENVIRON, "PDM_DATA_DIR": str(tmp_path), **given}
    assert set(environ) == {f"PDM_{name.upper()}" for name in PARSERS}
    settings = read(environ)
    assert settings == structs.replace(SAID, data_dir=tmp_path, **dict.fromkeys(files, plant))
    assert (settings.llm_api_key, settings.kafka_password) == ("sk-123", "hidden")
    assert read(environment(settings)) == settings
    assert read(environment(Settings())) == Settings()


SAID = Settings(
    bootstrap="a:1,b:2",
    http=Address("0.0.0.0", 80),  # noqa: S104 - what a container says
    metrics=Address("::1", 9100),
    metrics_targets={"align": "127.0.0.1:9101", "monitor": "127.0.0.1:9102"},
    partitions=8,
    store="postgresql+psycopg://pdm@db/pdm",
    store_password=Secret("geheim"),
    store_password_file=Path("/run/secrets/store_password"),
    keep_events=Days(30),
    keep_runs=Days(0),
    cache_dir=Path("/var/cache/pdm"),
    maven_repository="https://mirror.example/maven",
    keys=Path("/etc/pdm/keys.json"),
    keys_required=True,
    kafka_security="SASL_SSL",
    kafka_mechanism="PLAIN",
    kafka_user="pdm",
    kafka_password=Secret("hidden"),
    new_names=1_000,
    history_keep=Keep(30, 365, 1000),
    llm_base_url="http://llm:8000/v1",
    llm_model="small",
    llm_api_key=Secret("sk-123"),
    log_level="DEBUG",
)
"""What the variables above say."""


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("HTTP", "8080", "is not HOST:PORT"),
        ("HTTP", "localhost:99999", "is not HOST:PORT"),
        ("BOOTSTRAP", "a:1,b", "is not HOST:PORT"),
        ("METRICS_TARGETS", "align", "is not HOST:PORT"),
        ("PARTITIONS", "0", "is not a number from 1 to 1024"),
        ("PARTITIONS", "four", "is not a number from 1 to 1024"),
        ("PLANT", "/nowhere/plant.toml", "is not a file"),
        ("STORE", "mysql://db", "is neither a SQLite file nor"),
        ("KEEP_EVENTS", "a year", "is not a number of days"),
        ("LLM_BASE_URL", "ftp://llm", "is not an http"),
        ("KEYS_REQUIRED", "perhaps", "is neither true nor false"),
        ("TLS_CERT", "/nowhere/cert.pem", "is not a file"),
        ("KAFKA_SECURITY", "TLS", "is none of PLAINTEXT"),
        ("KAFKA_MECHANISM", "GSSAPI", "is none of SCRAM-SHA-512"),
        ("LOG_LEVEL", "chatty", "is none of DEBUG"),
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str, problem: str) -> None:
    """The error has the variable, the value and what is wrong with it."""
    with pytest.raises(SettingsError, match=f"^PDM_{name}='{value}': {problem}"):
        read({f"PDM_{name}": value})


def test_an_empty_variable_is_no_variable() -> None:
    """Container files write empty ones for what is not set."""
    assert read({f"PDM_{name.upper()}": " " for name in PARSERS}) == Settings()


def test_secrets_are_never_shown() -> None:
    """Neither the key nor a URL's password, in a representation or an error."""
    settings = read({"PDM_LLM_API_KEY": "sk-123", "PDM_KAFKA_PASSWORD": "hidden"})
    assert "sk-123" not in repr(settings)
    assert "hidden" not in repr(settings)
    assert "sk-123" not in f"{settings!s} {settings.llm_api_key!r}"
    with_password = read({"PDM_STORE": "postgresql://pdm:geheim@db/pdm", "PDM_STORE_PASSWORD": "geheim"})
    assert "geheim" not in f"{with_password!r} {with_password.store_url!r}"
    with pytest.raises(SettingsError) as refused:
        read({"PDM_STORE": "mysql://pdm:hidden@db"})
    assert "hidden" not in str(refused.value)


def test_the_store_is_a_file_in_the_data_directory_unless_said_otherwise(tmp_path: Path) -> None:
    """A bare path is a SQLite file, a URL is taken as it is."""
    assert Settings(data_dir=tmp_path).store_url == f"sqlite:///{tmp_path / 'pdm.sqlite'}"
    assert read({"PDM_STORE": str(tmp_path / "x.db")}).store_url == f"sqlite:///{tmp_path / 'x.db'}"
    assert read({"PDM_STORE": "postgresql://db/pdm"}).store_url == "postgresql://db/pdm"


def test_the_stores_password_comes_from_a_variable_or_a_file(tmp_path: Path) -> None:
    """It is put into the URL where the store is opened, whatever signs are in it."""
    secret = tmp_path / "password"
    secret.write_text("p@ss:w/rd\n", "utf-8")
    url = "postgresql://pdm@db:5433/pdm?sslmode=verify-full"
    wanted = "postgresql://pdm:p%40ss%3Aw%2Frd@db:5433/pdm?sslmode=verify-full"
    assert read({"PDM_STORE": url, "PDM_STORE_PASSWORD_FILE": str(secret)}).store_url == wanted
    assert read({"PDM_STORE": url, "PDM_STORE_PASSWORD": "p@ss:w/rd"}).store_url == wanted
    with pytest.raises(SettingsError, match="PDM_STORE_PASSWORD_FILE"):
        _ = read({"PDM_STORE": url, "PDM_STORE_PASSWORD_FILE": str(tmp_path / "none")}).store_url
