"""HTTP as docs/openapi.yml describes it, with values that fit and that do not: no 500, no status it does not name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.security.house import ROOT, House
from tests.security.test_any_turns import EXAMPLES

API: dict[str, Any] = YAML(typ="safe").load((ROOT / "docs/openapi.yml").read_text(encoding="utf-8"))["paths"]
POSTS = [path for path, methods in API.items() if "post" in methods]
GETS = [path for path, methods in API.items() if "get" in methods]
SECURE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def _fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if schema["type"] == "object":
        fields = {name: _fitting(inner) for name, inner in schema["properties"].items()}
        required = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: each for name, each in fields.items() if name in required},
            optional={name: each for name, each in fields.items() if name not in required},
        )
    return st.text(max_size=schema.get("maxLength", 300))


def _bodies(path: str) -> st.SearchStrategy[bytes]:
    schema = API[path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    names = st.sampled_from(sorted(schema["properties"]))
    spoilt = st.tuples(_fitting(schema), names, _json).map(lambda parts: {**parts[0], parts[1]: parts[2]})
    written = st.one_of(_fitting(schema), spoilt, _json).map(lambda value: json.dumps(value).encode())
    return st.one_of(written, written, st.binary(max_size=80))


@pytest.mark.parametrize("path", POSTS)
@settings(max_examples=EXAMPLES * 4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_post(house: House, path: str, data: st.DataObject) -> None:
    body = data.draw(_bodies(path))
    origin = data.draw(st.sampled_from([f"http://{house.client.host}:{house.client.port}", "https://evil.example"]))
    async with house.client.post(path, data=body, headers={"Origin": origin}) as answer:
        assert str(answer.status) in API[path]["post"]["responses"], await answer.text()
        assert SECURE.items() <= dict(answer.headers).items()
        assert answer.status == 200 or set(await answer.json()) == {"error", "message"}
        if path.startswith("/webhooks/webchat") and origin.endswith("evil.example"):
            assert answer.status == 403


@pytest.mark.parametrize("path", GETS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.from_regex(r"[^/?#%\s\x00-\x1f]{1,40}", fullmatch=True))
async def test_get(house: House, path: str, name: str) -> None:
    async with house.client.get(path.replace("{id}", name)) as answer:
        known = {*API[path]["get"]["responses"], *(["404"] if name in {".", ".."} else [])}
        assert str(answer.status) in known, await answer.text()
        assert {"X-Content-Type-Options", "Content-Security-Policy"} <= set(answer.headers)
