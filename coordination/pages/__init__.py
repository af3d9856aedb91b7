"""Every page, by subject. A page reads what it shows, calls one flow for what it does, draws the answer."""
