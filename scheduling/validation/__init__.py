"""Cases that hold the rules to their sources, and what runs them: `manage.py validate`.

A hospital runs them on its own installation before it goes live, together with cases of its own in the same
format (docs/clinical/validation.md).
"""
