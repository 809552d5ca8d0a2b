"""Is a message mostly English? This assistant speaks French, and says so once."""

from __future__ import annotations

import re

from .folding import fold
from .patterns import word_set

_WORD = re.compile(r"[a-z']+")
_ENGLISH = word_set(
    """
    the is are am was were be been i you he she it we they my your his her our their this that these
    those what where when why how who which do does did don't doesn't didn't can can't cannot could
    would should will won't have has had haven't want need get got give tell help and or but not no
    yes with without from for of in at by about to there here please thanks thank hello hi hey speak
    english sign signup register account create my i'm it's i've i'd i'll you're that's isn't know
    understand find receive received work working works doesnt dont cant wont im ive any some again
    already forgot lost change how's what's appointment doctor health card number address new wrong
    looking someone talk person everything something nothing still always never just only now then
    an if so me him them use using put enter type send resend sent sorry good morning afternoon
    evening day your's let lets let's would've may might must
    """
)
# Words of both languages, or English ones that Québec's French uses every day: they tell nothing.
_BOTH = word_set(
    """
    a on me son no or pour but as si email mail code clinic password link spam refresh ok okay yes
    bye hi hello help cancel sofy portal online login check clinique portail information question
    message compte test sorry thanks please in y il at number patient type day so an note date
    nation some let here her use
    """
)
_FRENCH = word_set(
    """
    le la les de des du un une je j'ai jai tu il elle on nous vous ils mon ma mes ton votre vos est
    c'est cest et ou mais pas ne que qui quoi pour dans avec sans sur au aux ce cette ca sa se me te
    ai as avez suis chu veux veut peux pouvez comment pourquoi quand combien oui non merci bonjour
    salut allo svp mot passe courriel carte numero marche aidez aide moi toi c'etait j'arrive l'ai
    d'un d'une m'inscrire compte clinique n'ai n'est qu'est fait faire dit plus rien tout bien recu
    """
)
_ASKS_FOR = re.compile(r"\b(?:in english|english(?: please| version)?|speak english|anglais please)\b")
_SAYS_FRENCH = re.compile(r"\b(?:anglais|en francais)\b")


def english_text(text: str) -> bool:
    """Whether a message is mostly English (one word alone, such as `hello`, is not enough)."""
    said = fold(text[:2000])
    words = _WORD.findall(said)
    if _ASKS_FOR.search(said) and not _SAYS_FRENCH.search(said):
        return not any(word in _FRENCH for word in words)
    if len(words) < 2:
        return False
    english = sum(word in _ENGLISH for word in words)
    telling = sum(word in _ENGLISH and word not in _BOTH for word in words)
    french = sum(word in _FRENCH and word not in _BOTH for word in words)
    return english >= 2 and telling >= 1 and english > 2 * french
