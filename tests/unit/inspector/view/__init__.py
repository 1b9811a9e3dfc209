"""The SQLite view, fed with encoded rows."""
