"""The configuration text of the embedded Apache Kafka: one node, loopback, small."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

FIXED = """\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=16777216
log.segment.bytes=67108864
auto.create.topics.enable=false
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""
"""The two last ones bring a restart after kill -9 from 12 s down to 5 s."""


class Listener(Struct, frozen=True):
    """One more loopback port, with what the broker asks for there.

    protocol : SSL, SASL_SSL, SASL_PLAINTEXT; options : in Kafka's words, without `listener.name.NAME.`
    """

    name: str
    port: int
    protocol: str
    options: dict[str, str]


def properties(log_dir: Path, port: int, controller_port: int, listeners: Sequence[Listener] = ()) -> str:
    """Return the text of server.properties for these loopback ports."""
    broker, controller = f"127.0.0.1:{port}", f"127.0.0.1:{controller_port}"
    more = "".join(f",{one.name}://127.0.0.1:{one.port}" for one in listeners)
    protocols = "".join(f",{one.name}:{one.protocol}" for one in listeners)
    options = "".join(
        f"listener.name.{one.name.lower()}.{key}={value}\n"
        for one in listeners
        for key, value in one.options.items()
    )
    return FIXED + (
        f"listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT{protocols}\n"
        f"listeners=PLAINTEXT://{broker},CONTROLLER://{controller}{more}\n"
        f"advertised.listeners=PLAINTEXT://{broker}{more}\n"
        f"controller.quorum.bootstrap.servers={controller}\n"
        f"log.dirs={log_dir}\n"
        f"{options}"
    )
