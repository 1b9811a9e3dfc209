"""The inspector: health and the registry API."""
