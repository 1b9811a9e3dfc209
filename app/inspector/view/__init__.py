"""All rows and dead letters of an installation in a local SQLite file: followed from their topics,
searchable, and made anew by itself whenever it cannot be trusted.
"""
