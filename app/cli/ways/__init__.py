"""The two ways to know a row and its history: a reachable inspector is asked; without one the
topics are read.
"""
