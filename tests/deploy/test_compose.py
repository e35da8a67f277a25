"""docker-compose.yml: it fits the schema, is closed to the outside, and everything it names exists."""

import re
import subprocess
import sys
from typing import Any

import pytest
from configs import COMPOSE, PROMETHEUS, yaml
from sqlalchemy import make_url
from tree import ROOT

from pdm.access.loopback import is_loopback
from pdm.broker.jars import KAFKA
from pdm.cli.main import COMMANDS
from pdm.settings import PARSERS, read
from pdm.store.postgresql import OLDEST

SERVICES: dict[str, dict[str, Any]] = yaml(COMPOSE)["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
LONG_RUNNING = {name: service for name, service in SERVICES.items() if name != "topics"}
DEFAULTED = re.compile(r"\$\{(\w+):-([^}]*)\}")


def _environment(name: str) -> dict[str, str]:
    """Return a service's variables as they are where the host sets none."""
    given = SERVICES[name].get("environment", {})
    return {key: DEFAULTED.sub(r"\2", value) for key, value in given.items()}


def test_it_fits_the_compose_schema() -> None:
    """As the schema of the compose specification has it."""
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        str(COMPOSE),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", OURS)
def test_a_process_starts_a_command_that_exists(name: str) -> None:
    """Each service is called like the command it runs."""
    assert OURS[name]["command"][0] == name
    assert name in COMMANDS


@pytest.mark.parametrize("name", OURS)
def test_the_variables_are_settings(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """All of them are known to the service, and it takes their values."""
    plant = tmp_path_factory.mktemp("etc") / "plant.toml"
    plant.touch()
    given = {**_environment(name), "PDM_PLANT": str(plant)}
    if "PDM_READER_KEY" in given:
        given["PDM_READER_KEY"] = str(plant)
    assert {key.removeprefix("PDM_").lower() for key in given} <= set(PARSERS)
    assert read(given).bootstrap == "kafka:9092"


def test_all_processes_agree_on_partitions_and_plant() -> None:
    """A process with another number would look for machines in the wrong place."""
    for variable in ("PDM_PARTITIONS", "PDM_PLANT", "PDM_BOOTSTRAP"):
        assert len({_environment(name)[variable] for name in OURS}) == 1


def test_every_file_that_is_mounted_exists() -> None:
    """An engine makes an empty folder of a file that does not."""
    sources = [
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if isinstance(volume, str) and volume.startswith("./")
    ]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert (ROOT / OURS["gateway"]["build"]["dockerfile"]).is_file()


def test_every_volume_is_declared_and_used() -> None:
    """What is kept has a name."""
    mounted = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if isinstance(volume, str) and not volume.startswith("./")
    }
    assert mounted == set(yaml(COMPOSE)["volumes"])


def test_recorder_and_gateway_share_the_store() -> None:
    """One writes it, the other reads, and the historian writes beside it; nobody else sees the password."""
    with_data = {name for name in OURS if "store:/var/lib/pdm" in OURS[name]["volumes"]}
    with_store = {name for name in OURS if "PDM_STORE" in _environment(name)}
    with_password = {
        name for name, service in SERVICES.items() if "store_password" in service.get("secrets", [])
    }
    assert with_store == with_password - {"postgres"} == {"gateway", "recorder"}
    assert with_data == {*with_store, "historian"}
    assert len({_environment(name)["PDM_STORE"] for name in with_store}) == 1


def test_the_store_is_the_database_of_this_file() -> None:
    """Host, user and database are those of the service, which is new enough, and open to nobody else."""
    url, server = make_url(_environment("recorder")["PDM_STORE"]), SERVICES["postgres"]
    assert (url.host, url.username, url.database) == (
        "postgres",
        *[_environment("postgres")[f"POSTGRES_{n}"] for n in ("USER", "DB")],
    )
    assert int(server["image"].partition(":")[2].partition(".")[0]) >= OLDEST
    assert "ports" not in server
    files = {_environment("postgres")["POSTGRES_PASSWORD_FILE"]}
    assert files == {_environment(name)["PDM_STORE_PASSWORD_FILE"] for name in ("gateway", "recorder")}
    assert yaml(COMPOSE)["secrets"]["store_password"] == {"environment": "PDM_STORE_PASSWORD"}
    for name in ("gateway", "recorder"):
        assert OURS[name]["depends_on"]["postgres"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_open_on_loopback_only(name: str) -> None:
    """Whoever opens them to a network puts a login in front."""
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned(name: str) -> None:
    """With a full version, two numbers for PostgreSQL; Kafka's is the one that is embedded and tested."""
    image, _, tag = SERVICES[name]["image"].partition(":")
    assert re.fullmatch(r"v?\d+\.\d+(\.\d+)?", tag)
    assert tag == KAFKA or image != "apache/kafka"


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_a_service_is_watched_bounded_and_started_again(name: str) -> None:
    """A health check, limits, a restart policy, no new privileges."""
    service = LONG_RUNNING[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("read_only") or name == "kafka"


def test_what_is_waited_for_exists() -> None:
    """And a service that must be healthy has a health check."""
    for service in SERVICES.values():
        for other, wanted in service.get("depends_on", {}).items():
            healthy = wanted["condition"] == "service_healthy"
            assert not healthy or "test" in SERVICES[other]["healthcheck"]


def test_prometheus_scrapes_the_ports_the_processes_listen_on() -> None:
    """Every process but the one that ends, under the name it has in the network."""
    listening = {f"{name}:{_environment(name)['PDM_METRICS'].split(':')[1]}" for name in OURS}
    listening = listening - {"topics:9100", "gateway:9100"} | {"gateway:8080"}
    assert _environment("gateway")["PDM_HTTP"].endswith(":8080")
    scraped = yaml(PROMETHEUS)["scrape_configs"][0]["static_configs"]
    assert {target for group in scraped for target in group["targets"]} == listening
    assert all(group["targets"][0].split(":")[0] == group["labels"]["process"] for group in scraped)


@pytest.mark.parametrize("name", OURS)
def test_a_health_check_asks_where_the_process_listens(name: str) -> None:
    """At the port of its own settings, and for the stage it is."""
    check = OURS[name]["healthcheck"]
    if name in {"topics", "gateway"}:
        assert check.get("disable") or check["test"][-1] == "http://127.0.0.1:8080/healthz"
    else:
        port = _environment(name)["PDM_METRICS"].split(":")[1]
        assert check["test"][-2:] == [f"http://127.0.0.1:{port}/metrics", name]


def test_grafana_finds_its_source_and_its_dashboard() -> None:
    """The address is the service's, and the folder is the one that is mounted."""
    source = yaml(ROOT / "deploy" / "grafana" / "datasources.yml")["datasources"][0]
    provider = yaml(ROOT / "deploy" / "grafana" / "dashboards.yml")["providers"][0]
    mounts = SERVICES["grafana"]["volumes"]
    assert source["url"] == "http://prometheus:9090"
    assert f"./deploy/grafana/dashboards:{provider['options']['path']}:ro" in mounts
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{provider['options']['path']}/plant.json"


def test_it_holds_no_secret() -> None:
    """Passwords and keys come from the host's environment, and have no value here."""
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|KEY$|TOKEN|SECRET", key):
                assert value.startswith("/run/secrets/") or value == f"${{{key}:-}}"
    assert all(list(secret) == ["environment"] for secret in yaml(COMPOSE)["secrets"].values())


def test_the_gateway_and_prometheus_share_a_key_as_a_secret() -> None:
    """One takes it as a reader's, the other sends it; nobody else is given the file."""
    with_key = {name for name, service in SERVICES.items() if "api_key" in service.get("secrets", [])}
    assert with_key == {"gateway", "prometheus"}
    assert _environment("gateway")["PDM_READER_KEY"] == "/run/secrets/api_key"
    (job,) = [one for one in yaml(PROMETHEUS)["scrape_configs"] if one["job_name"] == "pdm"]
    assert job["authorization"] == {"credentials_file": "/run/secrets/api_key"}


def test_the_gateway_of_a_container_asks_for_keys() -> None:
    """It listens beyond loopback, where one is always needed."""
    assert not is_loopback(read({"PDM_HTTP": _environment("gateway")["PDM_HTTP"]}).http.host)
