"""Names of persuasion techniques as the published corpora write them, and the labels that they map to."""

from __future__ import annotations

import re
from typing import Final

from framing.errors import CorpusError, nearest

_NAMES: Final[dict[str, str]] = {
    "namecallinglabeling": "name_calling",
    "namecalling": "name_calling",
    "reductioadhitlerum": "guilt_by_association",
    "guiltbyassociation": "guilt_by_association",
    "doubt": "casting_doubt",
    "castingdoubt": "casting_doubt",
    "appealtohypocrisy": "appeal_to_hypocrisy",
    "smears": "questioning_the_reputation",
    "questioningthereputation": "questioning_the_reputation",
    "flagwaving": "flag_waving",
    "appealtoauthority": "appeal_to_authority",
    "bandwagon": "appeal_to_popularity",
    "appealtopopularity": "appeal_to_popularity",
    "glitteringgeneralitiesvirtue": "appeal_to_values",
    "appealtovalues": "appeal_to_values",
    "appealtofearprejudice": "appeal_to_fear",
    "misrepresentationofsomeonespositionstrawman": "straw_man",
    "strawman": "straw_man",
    "presentingirrelevantdataredherring": "red_herring",
    "redherring": "red_herring",
    "whataboutism": "whataboutism",
    "causaloversimplification": "causal_oversimplification",
    "blackandwhitefallacydictatorship": "false_dilemma",
    "blackandwhitefallacy": "false_dilemma",
    "falsedilemmanochoice": "false_dilemma",
    "consequentialoversimplification": "consequential_oversimplification",
    "slogans": "slogans",
    "thoughtterminatingcliche": "conversation_killer",
    "thoughtterminatingcliches": "conversation_killer",
    "conversationkiller": "conversation_killer",
    "appealtotime": "appeal_to_time",
    "loadedlanguage": "loaded_language",
    "obfuscationintentionalvaguenessconfusion": "obfuscation",
    "obfuscationvaguenessconfusion": "obfuscation",
    "exaggerationminimisation": "exaggeration_minimisation",
    "repetition": "repetition",
    "whataboutismstrawmenredherring": "distraction",
    "bandwagonreductioadhitlerum": "bandwagon_or_association",
}
"""Published names without case and punctuation: corpora and years differ in little else."""


def technique(name: str, where: str) -> str:
    """The label of a published technique name; raises CorpusError that begins with `where` and names the nearest known one."""
    key = re.sub(r"[^a-z]", "", name.lower().replace("é", "e"))
    if key not in _NAMES:
        labels = sorted(set(_NAMES.values()))
        remedy = "correct the row, or add the name to framing/corpora/techniques.py"
        raise CorpusError(f"{where}: technique '{name}' is unknown{nearest(name.lower(), labels)}; {remedy}")
    return _NAMES[key]
