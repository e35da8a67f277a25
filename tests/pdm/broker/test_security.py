"""TLS and SASL to a real Apache Kafka: every client gets in with what it needs, and not without."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import certificates
import httpx
import msgspec
import numpy as np
import pytest
from certificates import Certificates
from fakes.gateway import GOOD
from kafka import KafkaConsumer
from msgspec import structs
from waiting import until

from pdm.broker.admin import admin
from pdm.broker.backlog import backlog
from pdm.broker.embedded import EmbeddedKafka
from pdm.broker.ports import free_port
from pdm.broker.properties import Listener
from pdm.broker.security import PLAIN, client, security
from pdm.broker.topics import FRAMES, apply, describe
from pdm.errors import BrokerError
from pdm.gateway.kafka_outlet import KafkaOutlet
from pdm.records.log import Frames, Late, PlantChange
from pdm.settings import Address, Secret, Settings, SettingsError
from pdm.supervision.service import Service

PASSWORD = "correct-horse"  # noqa: S105 - of a broker that lives for one test
MECHANISMS = ("SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN")
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
PLAIN_MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule"


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Return certificates for 127.0.0.1."""
    return certificates.make(tmp_path_factory.mktemp("pem"))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, pem: Certificates) -> Iterator[EmbeddedKafka]:
    """Start a broker with a port for TLS, where it asks for a certificate, and one for TLS with SASL."""
    tls = {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(pem.both),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(pem.ca),
    }
    sasl = {
        "sasl.enabled.mechanisms": ",".join(MECHANISMS),
        "scram-sha-256.sasl.jaas.config": f"{SCRAM} required;",
        "scram-sha-512.sasl.jaas.config": f"{SCRAM} required;",
        "plain.sasl.jaas.config": f'{PLAIN_MODULE} required user_pdm="{PASSWORD}";',
    }
    broker = EmbeddedKafka(
        tmp_path_factory.mktemp("kafka"),
        listeners=(
            Listener("TLS", free_port(), "SSL", {**tls, "ssl.client.auth": "required"}),
            Listener("LOGIN", free_port(), "SASL_SSL", {**tls, **sasl}),
        ),
        users=[f"{mechanism}=[name=pdm,password={PASSWORD}]" for mechanism in MECHANISMS[:2]],
    )
    with broker:
        apply(broker.bootstrap, 1)
        yield broker


def settings(broker: EmbeddedKafka, pem: Certificates, mechanism: str = "") -> Settings:
    """Return what somebody says to get in: with a certificate, or with a password."""
    tls, login = broker.listeners
    if mechanism:
        return Settings(
            bootstrap=f"127.0.0.1:{login.port}",
            kafka_security="SASL_SSL",
            kafka_mechanism=mechanism,
            kafka_ca=pem.ca,
            kafka_user="pdm",
            kafka_password=Secret(PASSWORD),
        )
    return Settings(
        bootstrap=f"127.0.0.1:{tls.port}",
        kafka_security="SSL",
        kafka_ca=pem.ca,
        kafka_cert=pem.cert,
        kafka_key=pem.key,
    )


@pytest.mark.broker
@pytest.mark.parametrize("mechanism", ["", *MECHANISMS])
def test_administration_and_the_gateway_get_in(
    guarded: EmbeddedKafka, pem: Certificates, mechanism: str
) -> None:
    """With a certificate, or by each mechanism; topics, backlog, and the producer's own check."""
    chosen = settings(guarded, pem, mechanism)
    how = security(chosen)
    assert all(topic.partitions for topic in describe(chosen.bootstrap, 1, security=how))
    assert set(backlog(chosen.bootstrap, how).values()) == {0}

    async def check() -> None:
        outlet = KafkaOutlet(chosen.bootstrap, 1, security=how)
        await outlet.check()
        await outlet.close()

    asyncio.run(check())


@pytest.mark.broker
# The client leaves its sockets to the collector when it could not get in.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_who_lacks_something_stays_outside(guarded: EmbeddedKafka, pem: Certificates, tmp_path: Path) -> None:
    """A wrong password, another authority, no certificate: an error, and not the password in it."""
    login, tls = settings(guarded, pem, "SCRAM-SHA-512"), settings(guarded, pem)
    stranger = certificates.make(tmp_path / "other")
    for wrong in (
        structs.replace(login, kafka_password=Secret("wrong-horse")),
        structs.replace(login, kafka_ca=stranger.ca),
        structs.replace(tls, kafka_cert=None, kafka_key=None),
        structs.replace(tls, kafka_ca=None),
    ):
        assert "horse" not in refusal(wrong)
    gc.collect()


def refusal(chosen: Settings) -> str:
    """Try to get in, and return why that was refused."""
    with pytest.raises(BrokerError) as refused, admin(chosen.bootstrap, 2.0, security(chosen)):
        pass
    return str(refused.value)


@pytest.mark.broker
@pytest.mark.timeout(240)
def test_the_whole_chain_runs_over_tls_and_sasl(
    guarded: EmbeddedKafka, pem: Certificates, tmp_path: Path
) -> None:
    """A reading posted over HTTPS becomes a frame in the log: gateway, Faust and supervisor all get in."""
    chosen = structs.replace(
        settings(guarded, pem, "SCRAM-SHA-512"),
        data_dir=tmp_path,
        http=Address("127.0.0.1", 0),
        partitions=1,
        tls_cert=pem.cert,
        tls_key=pem.key,
    )
    with Service(chosen, embedded=False) as service:
        assert service.url.startswith("https://127.0.0.1:")
        with httpx.Client(base_url=service.url, verify=certificates.context(pem.ca)) as asked:
            assert asked.post("/v1/readings", json=GOOD).status_code == 202
            assert (
                asked.post("/v1/sources/default/end", json={GOOD["asset"]: GOOD["time"]}).status_code == 202
            )
            until(lambda: not any(asked.get("/v1/backlog").json().values()), within=90)
    assert values_in_the_log(chosen) == [2.5]


def values_in_the_log(chosen: Settings) -> list[float]:
    """Return the values of all frames."""
    consumer = KafkaConsumer(
        FRAMES,
        bootstrap_servers=chosen.bootstrap,
        auto_offset_reset="earliest",
        consumer_timeout_ms=3_000,
        **client(security(chosen)),
    )
    records = [msgspec.msgpack.decode(one.value, type=Frames | Late | PlantChange) for one in consumer]
    consumer.close()
    return [v for one in records if isinstance(one, Frames) for v in np.frombuffer(one.value).tolist()]


def test_what_does_not_fit_together_is_refused_before_anything_starts(tmp_path: Path) -> None:
    """SASL without a user or a password, and files that are no certificates."""
    for one in (
        Settings(kafka_security="SASL_SSL"),
        Settings(kafka_security="SASL_PLAINTEXT", kafka_user="a"),
    ):
        with pytest.raises(SettingsError, match="needs PDM_KAFKA_USER and PDM_KAFKA_PASSWORD"):
            security(one)
    text = tmp_path / "no.pem"
    text.write_text("no certificate")
    with pytest.raises(SettingsError, match="PDM_KAFKA_CA"):
        security(Settings(kafka_security="SSL", kafka_ca=text))


def test_a_broker_that_asks_for_nothing_is_asked_as_before() -> None:
    """The password is not used either."""
    assert security(Settings(kafka_password=Secret(PASSWORD))) == PLAIN
    assert client(PLAIN) == {"security_protocol": "PLAINTEXT"}
    chosen = Settings(kafka_security="SASL_PLAINTEXT", kafka_user="a", kafka_password=Secret(PASSWORD))
    assert PASSWORD not in repr(security(chosen))
