"""Read side: health and the registry read API."""
