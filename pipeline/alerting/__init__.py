"""Alerting: the clock that looks, the words that are sent, and the channels that send them."""
