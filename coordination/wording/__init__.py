"""How the product says things to people: one word for each row, analyte, item, conflict, day and amount."""
