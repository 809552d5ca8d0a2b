"""« Une minute, je cherche ma carte »: the patient asks for a moment."""

from __future__ import annotations

from .folding import fold, plain
from .patterns import words_pattern

_PATIENCE = words_pattern(r"""
    \b(?:(?:une|1|deux|2|trois|3|cinq|5|quelques|ptite|petite|juste_une
        |qq)_?(?:petites?_)?(?:ptites?_)?(?:minutes?|min|mins|secondes?|sec|secs|instants?|moments?
        |minuttes?)|(?:un|1)_?(?:petit_|ptit_|p_tit_)?(?:instants?|moments?|peu_de_temps)|attends?
        |attendez|attend_moi|patiente[zr]?|minute|instant|bouge[zr]?_pas|wait|hold_on|one_sec|one_moment
        |just_a_(?:sec|minute|moment)|je_reviens|jreviens|je_te_reviens|je_vous_reviens
        |donne[zr]?_moi_(?:une|un|deux|2|le_temps|du_temps)|laisse[zr]?_moi_(?:une|un|le_temps|du_temps
        |chercher|regarder|voir|trouver)|(?:je|j|chu_en_train_de|je_suis_en_train_de|jsuis_en_train_de
        |laisse_moi|laissez_moi)(?:_le|_la|_l)?_?(?:vais_|va_|vas_)?(?:cherche|chercher|regarde|regarder
        |verifie|verifier|fouille|fouiller)|(?:je_vais|jvais|jva|je_va|mvais|mva|mas)(?:_aller)?_(?:la_
        |le_|les_)?(?:chercher|voir|verifier|regarder|prendre|sortir)|jouvre|je_prends_ma|je_sors_ma
        |je_trouve_ma|pas_loin|ca_sen_vient|jarrive|jy_vais|je_la_cherche|je_le_cherche)\b
""")
_NOT_PATIENCE = words_pattern(r"""
    \b(?:jattends?|j_attends?|on_attends?|attendre|attendu|depuis|ca_fait|expire\w*|valide|dure|combien
        |il_reste|recois|recu|rien|trouve_(?:pas|pu)|chercher?_(?:pas|une_clinique|ma_clinique
        |la_clinique|un_medecin)|cherche_(?:une?|ma|la|mon)_(?:clinique|medecin|docteur|rendez))\b
""")
_LONGEST_PATIENCE = 14


def wants_patience(text: str) -> bool:
    """Whether the patient asks for a moment: « une minute », « attends, je cherche ma carte »."""
    if len(text) > 200 or "?" in text or "@" in fold(text):
        return False
    said = plain(text).replace("-", " ")
    if len(said.split()) > _LONGEST_PATIENCE or _NOT_PATIENCE.search(said):
        return False
    return _PATIENCE.search(said) is not None
