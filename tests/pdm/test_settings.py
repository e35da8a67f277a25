"""Settings from the environment."""

from pathlib import Path

import pytest

from pdm.history.keep import Keep
from pdm.settings import PARSERS, Address, Settings, SettingsError, environment, read


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
    "PDM_CACHE_DIR": "/var/cache/pdm",
    "PDM_MAVEN_REPOSITORY": "https://mirror.example/maven/",
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
    environ = {**ENVIRON, "PDM_DATA_DIR": str(tmp_path), "PDM_PLANT": str(plant)}
    assert set(environ) == {f"PDM_{name.upper()}" for name in PARSERS}
    settings = read(environ)
    assert settings == Settings(
        bootstrap="a:1,b:2",
        http=Address("0.0.0.0", 80),  # noqa: S104 - what a container says
        metrics=Address("::1", 9100),
        metrics_targets={"align": "127.0.0.1:9101", "monitor": "127.0.0.1:9102"},
        data_dir=tmp_path,
        plant=plant,
        partitions=8,
        store="postgresql+psycopg://pdm@db/pdm",
        cache_dir=Path("/var/cache/pdm"),
        maven_repository="https://mirror.example/maven",
        history_keep=Keep(30, 365, 1000),
        llm_base_url="http://llm:8000/v1",
        llm_model="small",
        llm_api_key=settings.llm_api_key,
        log_level="DEBUG",
    )
    assert settings.llm_api_key == "sk-123"
    assert read(environment(settings)) == settings
    assert read(environment(Settings())) == Settings()


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
        ("LLM_BASE_URL", "ftp://llm", "is not an http"),
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
    settings = read({"PDM_LLM_API_KEY": "sk-123"})
    assert "sk-123" not in repr(settings)
    assert "sk-123" not in f"{settings!s} {settings.llm_api_key!r}"
    with pytest.raises(SettingsError) as refused:
        read({"PDM_STORE": "mysql://pdm:hidden@db"})
    assert "hidden" not in str(refused.value)


def test_the_store_is_a_file_in_the_data_directory_unless_said_otherwise(tmp_path: Path) -> None:
    """A bare path is a SQLite file, a URL is taken as it is."""
    assert Settings(data_dir=tmp_path).store_url == f"sqlite:///{tmp_path / 'pdm.sqlite'}"
    assert read({"PDM_STORE": str(tmp_path / "x.db")}).store_url == f"sqlite:///{tmp_path / 'x.db'}"
    assert read({"PDM_STORE": "postgresql://db/pdm"}).store_url == "postgresql://db/pdm"
