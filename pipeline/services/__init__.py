"""Local services for a demo or a test: PostgreSQL, the sandbox province, Airflow. Production brings its own."""
