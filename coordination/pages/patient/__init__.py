"""A patient's chart and its tabs, acts on the patient themselves, the list of patients and the search."""
