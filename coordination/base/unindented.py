"""Templates as people indent them, pages without the indentation: a list of lines is half as long to send."""

import re

from django.template.base import Origin
from django.template.loaders.filesystem import Loader as FilesystemLoader

INDENTATION = re.compile(r"(?<=\n)[ \t]+")


class Loader(FilesystemLoader):
    """Loads from DIRS. Only the break of a line stays before what was indented, so that no space is lost.

    What keeps its white space (<pre>, <textarea>) therefore stands on one line of an HTML template; texts of
    messages are left as they are.
    """

    def get_contents(self, origin: Origin) -> str:
        contents = super().get_contents(origin)
        return INDENTATION.sub("", contents) if str(origin.name).endswith(".html") else contents
