"""Forms that decide on a dose, change a course, book its days or order its dose."""
