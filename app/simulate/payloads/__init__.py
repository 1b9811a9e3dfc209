"""The vendors' payloads, one module per vendor, one builder per family of payloads.

A builder gives the JSON object as the raw log holds it: where a vendor puts a secret in the body
it reads `***`, and signing puts the secret there. Times are microseconds since the epoch. The
last parameter of each, `more`, overrides or adds fields of the innermost object (`data`,
`payload`, or the body itself), for tests that want an odd one.
"""
