"""Bodies to typed events, derived from the annotated Avro schemas: a fast path and a slow one."""
