"""The referring practice's pages, and the staff's side of them."""
