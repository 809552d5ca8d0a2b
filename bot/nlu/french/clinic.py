"""ClinicExtractor: the name that follows « clinique » in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.nlu.component import Component
from bot.nlu.french.fold import fold, pieces, word_set
from bot.nlu.message import Message, Token
from bot.nlu.result import Entity

_TIES = word_set("de du des d")
"""Words that tie a name to the word clinique."""

_LINKS = _TIES | word_set("la le les l a au aux")
"""Words that a name may hold, but neither begin nor end with."""

_SAINTS = word_set("st ste saint sainte")

_GENERAL = word_set("medicale medical familiale sante jeunesse urbaine privee publique externe sans rendez vous")
"""Words that say what kind of clinic it is: not a name by themselves."""

_NOT_NAMES = word_set(
    """
    je j tu il elle on nous vous ils elles y en ca cela ce c cet cette ces mon ma mes ton ta tes son sa ses notre nos
    votre vos leur leurs un une qui que qu quoi quel quelle dont ou et mais donc or ni car si quand comme comment
    pourquoi combien pas plus point jamais rien tout toute tous toutes aussi encore deja la-bas ici avec sans sur sous
    dans par pour en chez vers depuis pendant avant apres entre est es sont suis etait etre a ai as ont avait avoir va
    vais vont fait faire peut peux veut veux doit dois dit sait sais existe marche trouve trouver apparait affiche sort
    ferme ouverte ouvert fermee bouge manque change mauvaise bonne autre autres premiere deuxieme troisieme seconde
    nouvelle ancienne meme svp merci bonjour oui non ok bien correct correcte quelque quelconque chaque plusieurs deux
    trois quatre cinq maison enfant enfants mari femme conjoint conjointe mere pere fille fils fils-la medecin docteur
    docteure infirmiere secretaire dossier compte profil courriel code liste recherche portail sofy site adresse ville
    nom numero pis complet corriger quartier coin region village province envoie envoye envoyer appelle appele repond
    ajoute ajouter liee lie lier choisie choisi ecrit donne donnee demande reconnait
    connait voit voir ont-ils aucune aucun trop tres juste
    seulement maintenant hier demain aujourd hui svp stp please is not the my a-t-elle na n m s t se me te lui
    """
)
"""Words that end a name, and that no name begins with."""

_MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class ClinicOptions:
    """Options of ClinicExtractor."""

    after: list[str] = field(default_factory=lambda: ["clinique", "polyclinique", "gmf"])
    """Words that a clinic's name follows."""


class ClinicExtractor(Component[ClinicOptions]):
    """Takes what follows « clinique » for a name when it is tied to it or written with a capital.

    Precision comes first: a name that is missed is asked for, one that is wrong is searched for in vain.
    """

    name = "ClinicExtractor"
    options_type = ClinicOptions

    def check(self) -> None:
        """Fold the words."""
        self._after = frozenset(fold(word) for word in self.options.after)

    def process(self, message: Message) -> None:
        """Add the first name found; an address or a number already found is never part of one."""
        words = list(pieces(message.text))
        for at, word in enumerate(words):
            if word.text in self._after:
                name = self._name(message, words[at + 1 :], word.end)
                if name is not None:
                    start, end = name
                    value = message.text[start:end]
                    message.entities.append(Entity("clinic", start, end, value, self.name))
                    return

    def _name(self, message: Message, words: list[Token], end: int) -> tuple[int, int] | None:
        taken: list[Token] = []
        tied = False
        for word in words:
            if self._apart(message, end, word) or word.text in _NOT_NAMES or len(taken) == _MOST_WORDS:
                break
            end = word.end
            if taken or word.text not in _LINKS | _GENERAL:
                taken.append(word)
            elif word.text in ("a", "au", "aux"):  # « la clinique au bout de la rue »
                break
            else:
                tied = tied or word.text in _TIES | _GENERAL
        while taken and taken[-1].text in _LINKS:
            taken.pop()
        if not taken or not (tied or taken[0].text in _SAINTS or message.text[taken[0].start].isupper()):
            return None
        return (taken[0].start, taken[-1].end) if any(len(word.text) > 2 for word in taken) else None

    @staticmethod
    def _apart(message: Message, end: int, word: Token) -> bool:
        """Whether punctuation, or a value that was found, stands between the words."""
        between = message.text[end : word.start]
        if any(char not in " '’-\u00a0«\"“" for char in between) or not word.text.isalnum():
            return True
        return any(
            one.start < word.end and word.start < one.end and one.entity in ("email", "nam", "code")
            for one in message.entities
        )
