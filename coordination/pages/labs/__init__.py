"""Lab results typed by hand, the review queue, and the map of each sender."""
