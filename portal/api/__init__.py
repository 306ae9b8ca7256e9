"""``/api/v1``: what the pages show and take, for programs; described at ``/api/v1/openapi.json``."""
