"""Reading the raw log again: verify and rebuild."""
