"""Fixtures that all tests share."""

from broker_fixtures import fresh_kafka, kafka
from postgresql_fixtures import fresh_postgresql, postgresql
from store_fixtures import place

__all__ = ["fresh_kafka", "fresh_postgresql", "kafka", "place", "postgresql"]
