"""The names of styles and formats, for programs and people."""

from enum import StrEnum


class CitationStyle(StrEnum):
    """A style of citations."""

    CHICAGO = "chicago"
    APA = "apa"
    MLA = "mla"
    OSCOLA = "oscola"
    BLUEBOOK = "bluebook"


class CitationFormat(StrEnum):
    """A format of reference managers."""

    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"


STYLE_NAMES = {
    CitationStyle.CHICAGO: "Chicago",
    CitationStyle.APA: "APA",
    CitationStyle.MLA: "MLA",
    CitationStyle.OSCOLA: "OSCOLA",
    CitationStyle.BLUEBOOK: "Bluebook",
}
"""For people."""
MEDIA_TYPES = {
    CitationFormat.BIBTEX: "application/x-bibtex",
    CitationFormat.RIS: "application/x-research-info-systems",
    CitationFormat.CSL_JSON: "application/vnd.citationstyles.csl+json",
}
