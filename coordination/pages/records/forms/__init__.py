"""Forms that record what happened; that correct, confirm or take back what was recorded."""
