"""How the command line shows things to people: rich's renderables, and JSON for programs."""
