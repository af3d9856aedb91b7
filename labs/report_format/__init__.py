"""Results in our own REST format, read once at the border into plain values (docs/integration.md).

What is wrong with a report as a whole refuses the report; what is wrong with one result refuses that
result and no other. Strict about the form: a misspelled key could mean something else than its sender
thinks. Not strict about the facts: an unknown unit or code, a value that is a word, are stored and shown
to a person.
"""
