"""Who owes what by when, for clerks and regulators alike: what is due, silence, obligations, alerts, extensions."""
