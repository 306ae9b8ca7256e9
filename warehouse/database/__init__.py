"""The floor of the warehouse: connections, SQL statements, COPY, locks, roles and reference tables."""
