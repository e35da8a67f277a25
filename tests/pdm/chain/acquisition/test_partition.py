"""Partitions are those of the default partitioner of Kafka clients."""

from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2 as reference

from pdm.chain.acquisition.partition import murmur2, partition_of


@given(st.binary(max_size=200))
def test_the_hash_is_kafkas(key: bytes) -> None:
    """Every key has the hash that kafka-python gives it."""
    assert murmur2(key) == reference(key) & 0xFFFFFFFF


@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=128), st.integers(1, 64))
def test_the_partition_is_kafkas(asset: str, partitions: int) -> None:
    """A producer that sends with the asset as key meets our partition."""
    assert partition_of(asset, partitions) == (reference(asset.encode()) & 0x7FFFFFFF) % partitions


def test_known_hashes() -> None:
    """Three hashes from the tests of Apache Kafka's own Utils."""
    assert murmur2(b"21") == -973932308 & 0xFFFFFFFF
    assert murmur2(b"foobar") == -790332482 & 0xFFFFFFFF
    assert murmur2(b"a-little-bit-long-string") == -985981536 & 0xFFFFFFFF
