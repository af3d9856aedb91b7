"""Demo data: invented patients in every phase and every kind of trouble, dated relative to today.

A story (`stories/`) is one patient's way through the care, told day by day; `walk.py` does what it says
through the product's own flows and actions, so that histories, proposals, signatures, due items and
conflicts are what the product would have made. Same seed and same day: the same data.
"""
