"""Faults of processes: crashed, stopped, slow, too many, too few."""

import os
import sys
import time
from http import HTTPStatus

import httpx

from bench.faults.ground import Ground
from bench.faults.seen import BrokenPromiseError, Fault
from bench.kills import VICTIMS
from bench.trial import HEADERS, patiently
from pdm.broker.backlog import settle
from pdm.broker.processes import Child
from pdm.settings import environment

BEYOND_SESSION_S = 13.0
"""Longer than a consumer's session, 10 s: its partitions are taken away meanwhile."""
BROKER_AWAY_S = 6.0
STORMS, STORM_S = 4, 5.0
APPEARS_S = 8.0
"""Within this time a stage that stands still must have something to do; its session is longer."""


def kills_in_turn(ground: Ground) -> str:
    """Crash each process once, under load."""
    waits = []
    for name in (*VICTIMS, "kafka"):
        with ground.loading(2):
            ground.kill(name)
            time.sleep(0.5)
            waits.append(ground.back(name))
    return f"{len(waits)} processes crashed; the slowest was started again after {max(waits) + 0.5:.1f} s"


def stop_beyond_session(ground: Ground) -> str:
    """Let align stand still longer than its session."""
    with ground.loading(6, BEYOND_SESSION_S), ground.stopped("align"):
        time.sleep(BEYOND_SESSION_S)
    settle(lambda: patiently(ground.service))
    return f"align stood still for {BEYOND_SESSION_S:g} s, lost its partitions, and went on"


def broker_under_load(ground: Ground) -> str:
    """Crash the broker twice, the second time as soon as it is back."""
    with ground.loading(8, 8.0):
        for _ in range(2):
            ground.kill("kafka")
            time.sleep(0.5)
            ground.back("kafka")
    settle(lambda: patiently(ground.service))
    return "the broker was crashed twice; what clients repeated was acknowledged and handled"


def leader_gone(ground: Ground) -> str:
    """Let the one broker, leader of every partition, stand still: clients must be told."""
    request = ground.trial.requests[max(0, ground.done - 1)]
    with ground.stopped("kafka"):
        began = time.monotonic()
        answer = httpx.post(
            f"{ground.service.url}/v1/readings",
            content=request,
            headers=HEADERS,
            timeout=30.0,
            trust_env=False,
        )
        waited = time.monotonic() - began
        time.sleep(max(0.0, BROKER_AWAY_S - waited))
    if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE or "Retry-After" not in answer.headers:
        raise BrokenPromiseError(f"the gateway answered {answer.status_code} without its broker")
    ground.load(1)
    return f"one broker leads all partitions, and stood still: 503 with Retry-After after {waited:.1f} s"


def rebalances(ground: Ground) -> str:
    """Let a second align join and leave again and again."""
    with ground.loading(10, STORMS * STORM_S):
        for _ in range(STORMS):
            second = _worker(ground, "align")
            time.sleep(STORM_S)
            second.stop()
    settle(lambda: patiently(ground.service))
    return f"a second align joined and left {STORMS} times under load"


def workers_come_and_go(ground: Ground) -> str:
    """Add a worker to both stages under load, and crash one of them as it leaves."""
    with ground.loading(10, 10.0):
        more = [_worker(ground, stage) for stage in ("align", "monitor")]
        time.sleep(8.0)
        more[0].stop()
        more[1].kill()
        ground.kills["monitor"] += 1
        more[1].stop()
    settle(lambda: patiently(ground.service))
    return "align and monitor had a second worker for 8 s; one left in order, the other was crashed"


def slow_consumer(ground: Ground) -> str:
    """Let the monitor stand still: the gateway goes on, and the backlog is worked off later."""
    settle(lambda: patiently(ground.service))
    with ground.stopped("monitor"):
        deadline, waiting = time.monotonic() + APPEARS_S, 0
        while not waiting:
            if time.monotonic() > deadline:
                raise BrokenPromiseError("the monitor stood still, and nothing waited for it")
            ground.load(1)
            waiting = patiently(ground.service)["monitor"]
    began = time.monotonic()
    settle(lambda: patiently(ground.service))
    return f"{waiting} records waited for the monitor; done {time.monotonic() - began:.1f} s after it went on"


def _worker(ground: Ground, stage: str) -> Child:
    """Start one more worker of a stage."""
    settings = ground.service.settings
    log = ground.service.log(f"{stage}-more")
    return Child([sys.executable, "-m", "streams", stage], log, {**os.environ, **environment(settings)})


FAULTS = (
    Fault(
        "kill",
        "each process may be crashed at any moment: it is started again, nothing is lost",
        kills_in_turn,
        quick=True,
    ),
    Fault(
        "leader", "without its broker the gateway says 503 and when to come again", leader_gone, quick=True
    ),
    Fault("slow", "a slow stage keeps nobody from delivering, and catches up", slow_consumer, quick=True),
    Fault("stop", "a process that stood still beyond its session changes nothing", stop_beyond_session),
    Fault("broker", "the broker may be restarted under load", broker_under_load),
    Fault("rebalance", "rebalances in a storm change nothing", rebalances),
    Fault("scaling", "workers come and go under load, and nothing is lost", workers_come_and_go),
)
