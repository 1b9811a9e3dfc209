"""Dead letters taken in again, once their cause is mended: which, what it would change, doing it.

A letter that today's code decodes is appended to the raw log again, as a copy that names the raw
record it stands in for, and closed; both in one transaction. What would be dead again is left.
"""
