"""What other parts read from a text: folding, yes and no, patience, English, numbers in words."""

from .answers import is_yes
from .folding import Folded, align, fold, plain
from .language import english_text
from .numbers import read_digits
from .patience import wants_patience

__all__ = ["Folded", "align", "english_text", "fold", "is_yes", "plain", "read_digits", "wants_patience"]
