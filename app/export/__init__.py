"""What the topics hold, as typed tables: in files (Parquet, JSON lines) or in a DuckDB.

Only modules whose names begin with `arrow_`, `parquet` or `duckdb` need the extra `export`.
"""
