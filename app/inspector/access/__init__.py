"""Who may ask: the token, sessions of the page, where requests come from, and what browsers are
told.
"""
