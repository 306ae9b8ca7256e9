"""Composition: connectors, quality and warehouse put together into steps, and the command line over them."""
