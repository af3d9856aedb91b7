"""Acts on a patient's course, page by page: record, decide, plan."""
