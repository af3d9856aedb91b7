"""Recording what happened and what was agreed; correcting and withdrawing it."""
