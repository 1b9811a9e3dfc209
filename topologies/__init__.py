"""The Faust app: its agent and tables."""
