"""The web page of on-call: what a conversation is, how it came to be, and whether all is well.

Rendered here, by Jinja2; a browser without JavaScript reads all of it.
"""
