"""Apache Kafka as this service uses it: the embedded one, its topics, its lag."""
