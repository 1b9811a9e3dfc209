"""Avro schemas: <vendor>/<event>/v<N>.avsc, state/<table>/v<N>.avsc, and their lock."""
