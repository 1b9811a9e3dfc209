"""Avro: the encoder, the files and their lock, the registry."""
