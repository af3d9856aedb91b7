"""The course as a swimlane and the labs as trends: SVG drawn on the server, the same for page and PDF.

A chart takes plain values and gives markup without a style attribute or script: colors come from classes
(static/fourfold/charts.css). Every chart has a title and a description, and the page puts a table with the
same content beside it. Marks carry their words, so that a screen reader and the arrow keys
(static/fourfold/charts.js) reach each one. Coordinates are floats: they place ink, they decide nothing.
"""
