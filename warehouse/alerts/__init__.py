"""Alerts as definitions say them: what is found, one issue a cause, its life, and the messages that wait to be sent."""
