"""Bodies to events."""
