"""The front door: pages and an API for insurers' clerks, insurers' systems and regulators; rights are the database's."""
