"""The fields of the register of confidentiality incidents: R-22.1 r. 1, s. 15."""

from __future__ import annotations

from typing import Final

FIELDS: Final = {
    "information": "renseignements visés (ou la raison pour laquelle on ne peut les décrire)",
    "circumstances": "circonstances, en bref",
    "occurred": "date ou période de l’incident (ou une approximation)",
    "known": "date ou période où l’organisme en a pris connaissance",
    "persons": "nombre de personnes concernées (ou une approximation)",
    "risk": "éléments qui font conclure qu’il y a, ou non, un risque de préjudice sérieux",
    "serious": "risque de préjudice sérieux: oui ou non",
    "measures": "mesures prises pour diminuer les risques",
    "minister": "date de l’avis au ministre",
    "commission": "date de l’avis à la Commission d’accès à l’information",
    "notified": "date de l’avis aux personnes concernées",
    "public": "avis publics donnés, et pourquoi",
}
"""Section 15, paragraphs 1 to 8, in its order but for the notices (paragraph 7), which come last here."""
REQUIRED: Final = ("information", "circumstances", "occurred", "known", "persons", "risk", "serious", "measures")
NOTICES: Final = ("minister", "commission", "notified")
