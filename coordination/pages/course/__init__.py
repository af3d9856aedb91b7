"""Acts on a course: decide, plan, book, order."""
