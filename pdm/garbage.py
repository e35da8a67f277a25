"""When Python looks for cycles of garbage: seldom, in a process that makes a thousand records at a time."""

import gc

NEW_OBJECTS = 50_000
"""More objects than went, after which the youngest are looked through; Python's own figure is 700."""


def collect_seldom() -> None:
    """Leave what is there alone for good, and look through what comes seldom.

    Records live for one message and hold no cycles; looking through them took a third of the gateway's time.
    Called when a process has been put together. What is in cycles (a request that failed, with its
    traceback) still goes, some seconds later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
