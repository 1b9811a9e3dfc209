"""Hookline: webhooks of contact-centre and chat vendors as an event log and state tables."""
