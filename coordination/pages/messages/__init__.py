"""Messages to people: planned, sent, to decide; addresses, texts and the timetable."""
