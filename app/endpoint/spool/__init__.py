"""Where webhooks are kept on this machine's disk while Kafka does not acknowledge them."""
