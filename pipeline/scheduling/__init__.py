"""What DAG files and Airflow's own processes use: schedules, retries, priorities, questions to people, lines for on-call."""
