"""docker/ held against the code. `compose-spec.json` is the Compose specification's own schema
(github.com/compose-spec/compose-spec, Apache 2.0)."""
