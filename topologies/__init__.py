"""The Faust app: one agent over the raw log, four tables. Thin; knows no vendor.

webhooks.raw ──▶ Projector ──▶ events.<vendor>, webhooks.dead, state.*, state.ledger
"""
