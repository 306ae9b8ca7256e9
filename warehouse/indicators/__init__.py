"""Indicators that explain themselves: definitions, contributions at record grain, roll-up, explanation."""
