"""Kafka: topics, producer, log reader, embedded broker."""
