"""What the topics hold, read back: rows, dead letters, what became of a webhook. Pure but for a
`Reader`, which is a Kafka or, in tests, memory.
"""
