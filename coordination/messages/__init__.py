"""The one gateway for messages to people: texts, addresses, e-mail, text messages, what came back.

Nothing in a message identifies a patient beyond initials: a text uses the variables of `texts.VARIABLES` and
no others, and names no drug, diagnosis or department. `coordination.reminders` says who is told what when.
"""
