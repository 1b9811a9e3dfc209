"""The HTTP API under /api, and its description. It knows nothing of sockets: see
`app.inspector.app`.
"""
