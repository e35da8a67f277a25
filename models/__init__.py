"""Models: arrays in, arrays out. No asset, unit, clock, file or Kafka is known here."""
