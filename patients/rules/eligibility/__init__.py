"""Eligibility: each criterion is met, not met, or cannot be told, with its evidence and when that expires.

Source: docs/clinical/eligibility.md, after H22 table 1; the default thresholds are those of IMP, and a site
may set its own. Evidence that is missing or has expired answers *cannot tell*. Of several pieces of evidence
the newest that is still valid counts, wherever it was entered.
"""
