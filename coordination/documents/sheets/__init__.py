"""Sheets for patients and those around them, in the patient's language.

Every sentence is said through `gettext` while the language is active (documents.source.speaking).
Short words, one thing a line: the sheets are read at home, by tired people.
"""
