"""What is set for a site, and who works there."""
