"""Pure: what a webhook is, what it says, what a row is. No I/O, no clock, no Kafka, no Faust."""
