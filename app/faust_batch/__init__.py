"""Faust, a batch at a time: transport, table, store. Knows nothing of webhooks."""
