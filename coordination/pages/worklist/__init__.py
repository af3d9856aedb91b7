"""Today, decisions, readiness, one line of the list, and the counts in the rail."""
