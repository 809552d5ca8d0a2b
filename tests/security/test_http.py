"""HTTP as docs/openapi.yml describes it, with values that fit and that do not: no 500, no answer it does not know."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from schemathesis.core.transport import Response

from tests.security.house import ROOT, House
from tests.security.test_any_turns import EXAMPLES

API: dict[str, Any] = YAML(typ="safe", pure=True).load((ROOT / "docs/openapi.yml").read_text(encoding="utf-8"))
SCHEMA = schemathesis.openapi.from_dict(API)
OPERATIONS = {f"{each.method.upper()} {each.path}": each for each in (one.ok() for one in SCHEMA.get_all_operations())}
POSTS = [name for name in OPERATIONS if name.startswith("POST")]
GETS = [name for name in OPERATIONS if name.startswith("GET")]
SECURE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_OTHER = st.sampled_from([17, -0.5, True, ["a"], [], [{"a": None}]])
"""What no field of ours may be."""
_NO_OBJECT = [b'{"message": "a"', b"\xff\xfe{}", b"[" * 20_000, b"NaN", b"1e999"]
_settings = settings(
    max_examples=EXAMPLES * 4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


async def _sent(house: House, case: schemathesis.Case, body: bytes | None, headers: dict[str, str]) -> Response:
    """Send it over a real connection; the answer has to be one that the description names."""
    async with house.client.request(case.method, case.formatted_path, data=body, headers=headers) as answer:
        content = await answer.read()
        fields = {name: answer.headers.getall(name) for name in answer.headers}
    request = requests.Request(case.method, f"http://localhost{case.formatted_path}", data=body).prepare()
    response = Response(answer.status, fields, content, request, elapsed=0.0, verify=False)
    case.validate_response(response)
    return response


@pytest.mark.parametrize("name", POSTS)
@_settings
@given(data=st.data())
async def test_post(house: House, name: str, data: st.DataObject) -> None:
    """What fits is accepted, what does not is refused, in the words of the description."""
    case = data.draw(OPERATIONS[name].as_strategy())
    assert isinstance(case.body, dict)
    fields = API["paths"][case.path]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    spoilt = data.draw(st.none() | st.sampled_from(sorted(fields)))
    if spoilt is not None:
        case.body[spoilt] = data.draw(_OTHER)
        case.meta.generation.mode = schemathesis.GenerationMode.NEGATIVE
    body = json.dumps(case.body).encode()
    origin = data.draw(st.sampled_from([f"http://{house.client.host}:{house.client.port}", "https://evil.example"]))
    response = await _sent(house, case, body, {"Origin": origin, "Content-Type": "application/json"})
    assert {key.lower(): [value] for key, value in SECURE.items()}.items() <= response.headers.items()
    assert spoilt is None or response.status_code in {403, 422}
    if "webchat" in name and origin.endswith("evil.example"):
        assert response.status_code == 403


@pytest.mark.parametrize("name", POSTS)
@_settings
@given(
    body=st.binary(max_size=80) | st.sampled_from([b'{"message": "a"', b"\xff\xfe{}", b"[" * 20_000, b"NaN", b"1e999"])
)
async def test_what_is_no_json(house: House, name: str, body: bytes) -> None:
    path = OPERATIONS[name].path
    async with house.client.post(path, data=body, headers={"Content-Type": "application/json"}) as answer:
        assert answer.status in {400, 403, 422}
        assert set(await answer.json()) == {"error", "message"}


@pytest.mark.parametrize("name", GETS)
@_settings
@given(data=st.data())
async def test_get(house: House, name: str, data: st.DataObject) -> None:
    response = await _sent(house, data.draw(OPERATIONS[name].as_strategy()), None, {})
    assert {"x-content-type-options", "content-security-policy"} <= response.headers.keys()
