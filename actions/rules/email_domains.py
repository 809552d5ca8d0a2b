"""Mail domains that patients use in Québec, and the likely meaning of one that is almost one of them."""

from __future__ import annotations

from functools import lru_cache

from .patterns import word_list, word_set

POPULAR = word_list(
    """
    gmail.com hotmail.com hotmail.ca hotmail.fr outlook.com outlook.fr live.ca live.com live.fr
    yahoo.ca yahoo.com yahoo.fr videotron.ca videotron.qc.ca sympatico.ca bell.net icloud.com me.com
    mac.com msn.com cgocable.ca cogeco.ca globetrotter.net telus.net rogers.com aol.com
    protonmail.com proton.me xplornet.com axion.ca b2b2c.ca tlb.sympatico.ca ymail.com gmx.com
    mail.com nb.sympatico.ca rogers.ca eastlink.ca shaw.ca
    """
)
PROVIDERS = {
    "gmail": "gmail.com", "hotmail": "hotmail.com", "outlook": "outlook.com",
    "videotron": "videotron.ca", "sympatico": "sympatico.ca", "icloud": "icloud.com",
    "yahoo": "yahoo.ca", "live": "live.ca", "msn": "msn.com", "cogeco": "cogeco.ca",
    "cgocable": "cgocable.ca", "globetrotter": "globetrotter.net", "telus": "telus.net",
    "protonmail": "protonmail.com", "rogers": "rogers.com", "aol": "aol.com", "bell": "bell.net",
}  # fmt: skip
"""A provider named without its ending, and the domain most often meant."""
_SOUNDS = {
    "jmail": "gmail", "gemail": "gmail", "geemail": "gmail", "otmail": "hotmail", "hotmel": "hotmail",
    "icloude": "icloud", "aicloud": "icloud", "videotrone": "videotron", "outlouk": "outlook",
}  # fmt: skip
# Real domains close to a popular one: not to be « corrected ».
_REAL = word_set(
    """
    gmx.ca gmx.fr gmx.net email.com fastmail.com hotmail.be hotmail.it hotmail.es hotmail.de
    hotmail.co.uk outlook.be outlook.de outlook.es outlook.ca live.be live.nl yahoo.co.uk yahoo.be
    yahoo.es yahoo.it yahoo.de bell.ca telus.com aol.fr aol.ca ail.com zmail.com pm.me hey.com
    mail.ca mail.fr cogeco.com cogeco.net bellnet.ca tmail.com rocketmail.com
    mailo.com hotmail.ch free.fr orange.fr laposte.net wanadoo.fr sfr.fr ms.com mcn.com ma.com
    mae.com mat.com hotmail.com.br fmail.com vmail.com umail.com amail.com
    """
)  # fmt: skip
_MISTAKES = {
    "gmail.ca": "gmail.com", "gmail.fr": "gmail.com", "gmail.net": "gmail.com",
    "videotron.com": "videotron.ca", "videotron.net": "videotron.ca", "sympatico.com": "sympatico.ca",
    "icloud.ca": "icloud.com", "gmail.qc.ca": "gmail.com", "hotmail.qc.ca": "hotmail.ca",
    "sympatico.qc.ca": "sympatico.ca", "iclou.com": "icloud.com", "bell.com": "bell.net",
    "googlemail.ca": "gmail.com", "msn.ca": "msn.com",
}  # fmt: skip
_LONGEST = 24


@lru_cache(maxsize=1024)
def likely_domain(domain: str) -> str | None:
    """The popular domain that a lower-case domain most likely stands for; None when it is fine as it is.

    `gmial.com` → `gmail.com`, `videtron.ca` → `videotron.ca`, `gmail` → `gmail.com`.
    """
    domain = domain.strip(".")
    if domain in _MISTAKES:
        return _MISTAKES[domain]
    if domain in POPULAR or domain in _REAL or not 3 <= len(domain) <= _LONGEST:
        return None
    if "." not in domain:
        return PROVIDERS.get(_SOUNDS.get(domain, domain)) or _closest(domain, tuple(PROVIDERS))
    name, _, ending = domain.partition(".")
    if name in _SOUNDS:
        return likely_domain(f"{_SOUNDS[name]}.{ending}") or f"{_SOUNDS[name]}.{ending}"
    return _closest(domain, POPULAR)


def _closest(domain: str, known: tuple[str, ...]) -> str | None:
    best, least = None, 3
    for one in known:
        allowed = 2 if len(one) >= 9 else 1 if len(one) >= 5 else 0
        if abs(len(one) - len(domain)) > allowed or (one[0] != domain[0] and len(one) < 8):
            continue
        steps = distance(domain, one)
        if steps <= allowed and steps < least:
            best, least = one, steps
    return PROVIDERS.get(best, best) if best else None


def distance(left: str, right: str) -> int:
    """Edits between two short words; a swap of two neighbours is one (optimal string alignment)."""
    before: list[int] = []
    above: list[int] = []
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        before, above, row = above, row, [i]
        for j, other in enumerate(right, 1):
            cost = min(row[j - 1] + 1, above[j] + 1, above[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
    return row[-1]
