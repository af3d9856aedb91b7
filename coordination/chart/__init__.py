"""What the pages about one patient show, worked out from the facts and put into words.

A page opens a patient (`opened`), asks the rules afresh (`sheet`) and shows a part of it. Nothing here is
stored, and every module works for the course as it was known at an earlier moment too.
"""
