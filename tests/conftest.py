"""Fixtures that all tests share."""

from broker_fixtures import fresh_kafka, kafka

__all__ = ["fresh_kafka", "kafka"]
