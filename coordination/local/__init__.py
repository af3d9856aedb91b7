"""The house on one machine: PostgreSQL, Valkey, web, worker and beat as child processes."""
