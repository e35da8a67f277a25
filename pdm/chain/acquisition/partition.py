"""Which partition a machine belongs to: the default partitioner of Kafka clients, murmur2 of the key."""

from functools import lru_cache

_M, _R, _SEED, _32 = 0x5BD1E995, 24, 0x9747B28C, 0xFFFFFFFF


def partition_of(asset: str, partitions: int) -> int:
    """Give the partition of a machine; all its readings and records go there."""
    return _hash(asset) % partitions


def murmur2(key: bytes) -> int:
    """Hash as `org.apache.kafka.common.utils.Utils.murmur2` does, as an unsigned 32-bit number."""
    h = _SEED ^ len(key)
    whole = len(key) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(key[i : i + 4], "little") * _M & _32
        h = (h * _M & _32) ^ ((k ^ k >> _R) * _M & _32)
    if len(key) > whole:
        h = (h ^ int.from_bytes(key[whole:], "little")) * _M & _32
    h = (h ^ h >> 13) * _M & _32
    return h ^ h >> 15


@lru_cache(maxsize=200_000)
def _hash(asset: str) -> int:
    """Remember the hash of a name: it is asked for at every flush."""
    return murmur2(asset.encode()) & 0x7FFFFFFF
