"""Avro: schema files, wire format, encoders, registry."""
