"""Any sequence of turns: always an answer, never a secret kept, and what is stored is what is in memory."""

from __future__ import annotations

import itertools
import json
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security.canaries import GOOD, ODD, OTHER, search
from tests.security.house import LUCIE, SECRET_SLOTS, House

EXAMPLES = int(os.environ.get("SOFY_FUZZ_EXAMPLES", "6"))
"""A run of `make fuzz` asks for more."""

_SECRETS = (GOOD, OTHER, ODD[3], ODD[4])
_WORDS = (
    *LUCIE.values(),
    *("oui", "non", "1", "bonjour", "aide", "annuler", "retour", "recommencer", "pourquoi?", "répéter", "123456"),
    *("je veux m'inscrire", "me connecter", "je me suis trompé de courriel", "renvoyez-moi un code", "un humain"),
    *("/signup", "/login", "/restart", "/cancel", '/inform{"nam": "x"}', "/", "", "🙂" * 40, "\u202e\x00\ud800"),
)
_typed = st.one_of(st.sampled_from(_WORDS), st.text(max_size=60))
_step = st.one_of(
    st.tuples(st.just("answer"), st.sampled_from((*LUCIE.values(), "oui", "1"))),
    st.tuples(st.just("fit"), st.just("")),
    st.tuples(st.just("fit"), st.just("")),
    st.tuples(st.just("text"), _typed),
    st.tuples(st.just("masked"), st.sampled_from(_SECRETS)),
    st.tuples(st.just("forget"), st.just("")),
)
_senders = itertools.count()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(_step, min_size=6, max_size=18))
async def test_any_sequence(house: House, steps: list[tuple[str, str]]) -> None:
    sender = f"any-{next(_senders)}"
    for kind, text in steps:
        asked = await house.asked(sender)
        if kind == "forget":  # as another process would find it
            house.runtime.service._live.clear()
        elif kind == "fit":
            given_ = {**LUCIE, "password": GOOD, "password_confirmation": GOOD, "login_password": GOOD}
            await house.say(sender, given_.get(asked or "", "oui"), masked=asked in SECRET_SLOTS)
        else:
            await house.say(sender, text, masked=kind == "masked")
        await _holds(house, sender)


async def _holds(house: House, sender: str) -> None:
    service = house.runtime.service
    state = await service.state(sender)
    if state is None:
        return
    shown = json.dumps(state, ensure_ascii=False)
    assert search(shown.encode("utf-8", "surrogatepass"), _SECRETS) == []
    for name in SECRET_SLOTS:
        assert state["slots"].get(name) in (None, True, False)
    live = service._live.pop(sender)
    stored = await service.state(sender)
    assert stored is not None
    assert stored["slots"] == state["slots"]
    assert stored["active_loop"] == state["active_loop"]
    assert not live.pending
