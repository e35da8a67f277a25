"""The door in Kafka: single JSON readings of others on `pdm.ingest.v1` become columnar blocks."""
