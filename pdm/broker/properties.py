"""The configuration text of the embedded Apache Kafka: one node, loopback, small."""

from pathlib import Path

FIXED = """\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
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


def properties(log_dir: Path, port: int, controller_port: int) -> str:
    """Return the text of server.properties for these two loopback ports."""
    broker, controller = f"127.0.0.1:{port}", f"127.0.0.1:{controller_port}"
    return FIXED + (
        f"listeners=PLAINTEXT://{broker},CONTROLLER://{controller}\n"
        f"advertised.listeners=PLAINTEXT://{broker}\n"
        f"controller.quorum.bootstrap.servers={controller}\n"
        f"log.dirs={log_dir}\n"
    )
