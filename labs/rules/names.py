"""Which analyte a sender's own name for a test may mean: a suggestion to a person, never a reading.

Used where a code is unknown, to offer its LOINC code first and to say which results of a panel may be
waiting. What a result is used as, its code says, or a person.
"""

import re
from collections.abc import Mapping

from labs.rules.analytes import Analyte

_NAMES: Mapping[Analyte, str] = {
    Analyte.NEUTROPHILS_PCT: r"(neut\w*|segs?|grans?)\b.*(%|pct|percent|/100|/leuk)|%\s*neut\w*",
    Analyte.NEUTROPHILS: r"neut\w*|anc|absolute granulocytes",
    Analyte.LYMPHOCYTES: r"lymph\w*",
    Analyte.PLATELETS: r"plts?|platelets?|thrombocytes?|plaquetas",
    Analyte.WBC: r"wbc|leu[ck]ocytes?|leu[ck]ocitos|white (blood )?cells?.*",
    Analyte.HEMOGLOBIN: r"hgb|hb|ha?emoglobin|hemoglobina",
    Analyte.CREATININE: r"creat\w*|creatinina",
    Analyte.BILIRUBIN: r"(t\.? ?|total )?bili(rubin|rrubina)?( total)?|tbil",
    Analyte.ALBUMIN: r"alb(umin|umina)?",
    Analyte.AST: r"ast|sgot|got|aspartate.*",
    Analyte.ALT: r"alt|sgpt|gpt|alanine.*",
    Analyte.ALP: r"alp|alk(aline)? ?phos\w*",
    Analyte.GGT: r"ggtp?|gamma.*",
    Analyte.UREA_NITROGEN: r"bun|urea( nitrogen)?",
    Analyte.INR: r"inr",
    Analyte.POTASSIUM: r"k|potassium|potasio",
    Analyte.SODIUM: r"na|sodium|sodio",
    Analyte.CALCIUM: r"ca|calcium|calcio",
    Analyte.HCG: r"(b-?|beta )?hcg.*",
}
_PATTERNS = {
    analyte: re.compile(rf"(?<![\w]){pattern}(?![\w])", re.IGNORECASE) for analyte, pattern in _NAMES.items()
}
_OTHER_TESTS = re.compile(
    r"a1c|glycated|volume|mpv|pmv|ratio|direct|indirect|conjugated|urine|hba|distribution|nucleated|clearance"
    r"|band|reactive|atypical|pre-?albumin|globulin",
    re.IGNORECASE,
)


def analyte_named(name: str) -> Analyte | None:
    """The first analyte whose name stands in `name`; None where none does, or another test is named."""
    words = name.replace("#", " ").replace("_", " ")
    if _OTHER_TESTS.search(words):
        return None
    return next((analyte for analyte, pattern in _PATTERNS.items() if pattern.search(words)), None)
