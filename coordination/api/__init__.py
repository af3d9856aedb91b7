"""What every machine door shares: tokens and scopes, limits, reading a body, problems, doing a thing once."""
