"""One patient's whole course as plain facts in a JSON document, and the answer of the rules as another.

The border between the format `prrt-course/1` (docs/clinical/course-file.md) and the values that the rules
read and give. Nothing here asks a database or judges a fact; what the format does not allow is a
CourseFileError of one sentence.
"""

from scheduling.course_file.errors import CourseFileError
from scheduling.course_file.read import read_course, read_courses
from scheduling.course_file.values import read_instant
from scheduling.course_file.write import encode_answer, write_answer, write_course

__all__ = [
    "CourseFileError",
    "encode_answer",
    "read_course",
    "read_courses",
    "read_instant",
    "write_answer",
    "write_course",
]
