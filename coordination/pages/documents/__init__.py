"""Letters and sheets: written, signed, sent, alone or many at once."""
