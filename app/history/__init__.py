"""The history of a row: its webhooks one by one, what each changed, and the row as of any moment.
Pure but for `gather`, which reads them from the topics.
"""
