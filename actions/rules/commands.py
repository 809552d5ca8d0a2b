"""Commands that are understood at a secret's question, when they are the whole message."""

from __future__ import annotations

from .folding import plain
from .patterns import phrase_set

_COMMANDS = {
    "help": """
        aide | aidez moi | aide moi | a laide | help | help me | jai besoin daide | besoin daide |
        je comprends pas | je ne comprends pas | jcomprends pas | comprends pas | comprend pas |
        je comprend pas | je fais quoi | quoi faire | comment faire | perdu | je suis perdu |
        je suis perdue | chu perdu | chu perdue
    """,
    "cancel": """
        annuler | annule | annulez | annulation | cancel | stop | arreter | arrete | arretez |
        laisse faire | laissez faire | laisser faire | quitter | quit | exit | je veux arreter |
        je veux annuler | on arrete | jarrete | abandonner | jabandonne | abandon | fin | terminer
    """,
    "go_back": """
        retour | revenir | retourner | precedent | precedente | back | go back | reculer | recule |
        revenir en arriere | retour en arriere | question precedente | etape precedente |
        retourner en arriere | en arriere | arriere | revenez en arriere | undo
    """,
    "repeat": """
        repeter | repete | repetez | repeter svp | pouvez vous repeter | peux tu repeter |
        repetez la question | repete la question | redites | redis | redites moi | redire | encore |
        pardon | quoi | hein | repeat | comment | la question | quelle question |
        quelle etait la question
    """,
    "explain": """
        pourquoi | pk | pkoi | pourkoi | pourquoi ca | pourquoi vous demandez ca |
        pourquoi tu demandes ca | why | expliquer | expliquez | explique | explication |
        explications | a quoi ca sert | pourquoi faire | ca sert a quoi | expliquez moi |
        pourquoi cette question | pour quelle raison | info | infos
    """,
    "restart": """
        recommencer | recommence | recommencez | restart | reset | reprendre du debut |
        repartir a zero | a zero | on recommence | je veux recommencer | recommencer du debut |
        recommencer a zero | tout recommencer | recommencer au debut
    """,
    "status": """
        etape | etapes | statut | status | progres | progression | ou en suis je | ou suis je |
        ou on est rendu | on est rendu ou | je suis rendu ou | rendu ou | combien detapes |
        il reste combien detapes | quelle etape | avancement | cest encore long |
        combien de questions
    """,
    "human": """
        humain | humaine | un humain | une humaine | agent | un agent | une personne | personne |
        quelquun | parler a quelquun | parler a une personne | parler a un humain |
        parler a un agent | conseiller | conseillere | receptionniste | secretaire | preposee |
        prepose | human | je veux parler a quelquun | une vraie personne | reception | operateur |
        operatrice | assistance
    """,
    "resend_code": """
        renvoyer | renvoie | renvoyez | renvoi | renvoyer le code | renvoyez le code | renvoyer code
        | renvoie le code | renvoyez moi un code | nouveau code | un nouveau code | un autre code |
        autre code | resend | resend code | pas recu | rien recu | jai rien recu |
        jai pas recu le code | pas recu le code | code pas recu | renvoyer un code |
        je veux un nouveau code | envoyez un nouveau code | new code | je nai rien recu |
        je nai pas recu le code | jai pas recu de code
    """,
    "faq_forgot_password": """
        oublie | jai oublie | jai oublie mon mot de passe | mot de passe oublie |
        jai perdu mon mot de passe | forgot | forgot password | je men souviens pas |
        je men souviens plus | je me souviens plus | je me rappelle plus | jme rappelle pu |
        mdp oublie | g oublie | je lai oublie | perdu mon mot de passe
    """,
    "correct_info": """
        corriger | corrige | corrigez | correction | modifier | modifie | modifiez | changer |
        change | changez | je me suis trompe | je me suis trompee | erreur | jai fait une erreur |
        je veux corriger
    """,
    "goodbye": """
        bye | au revoir | bonne journee | bye bye | a plus | aurevoir | ciao
    """,
}
_BY_PHRASE = {phrase: intent for intent, phrases in _COMMANDS.items() for phrase in phrase_set(phrases)}
_POLITE = ("sil vous plait", "sil te plait", "svp", "stp", "please", "merci", "madame", "monsieur", "la")
_OPENING = ("euh ", "ben ", "bin ", "bon ", "ok ", "non ", "mais ", "alors ")
_LONGEST = 80


def command_in(text: str) -> str | None:
    """The intent that a whole message commands (`aide`, `annuler svp`, `pourquoi?`), or None."""
    if len(text) > _LONGEST or any(char.isdecimal() or char in "@#$%+_/\\&*=^~<>{}[]|" for char in text):
        return None
    said = plain(text).replace("-", " ")
    known = _BY_PHRASE.get(said)
    if known is not None:
        return known
    for polite in _POLITE:
        said = said.removesuffix(f" {polite}")
    for opening in _OPENING:
        said = said.removeprefix(opening)
    return _BY_PHRASE.get(said)
