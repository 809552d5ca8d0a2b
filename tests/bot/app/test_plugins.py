import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from bot.plugins import PluginError, Plugins, load_plugins

MODULE = """
calls = []

class OwnError(Exception):
    pass

def commands():
    return []

async def startup(settings, demo):
    calls.append(("startup", settings["A"], demo))
    if settings["A"] == "own":
        raise OwnError("Le dossier des courriels n'est pas accessible.")
    if settings["A"] == "other":
        raise ValueError("lucie@example.ca")

async def ready():
    return None

async def shutdown():
    calls.append("shutdown")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "extra_parts").mkdir()
    (tmp_path / "extra_parts/__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "extra_parts/plugin.py").write_text(MODULE, encoding="utf-8")
    points = EntryPoints(
        [
            EntryPoint("extra", "extra_parts.plugin", "sofy.plugins"),
            EntryPoint("elsewhere", "json.decoder", "sofy.plugins"),
        ]
    )
    monkeypatch.setattr("bot.plugins.entry_points", lambda group: points.select(group=group))
    monkeypatch.syspath_prepend(tmp_path)
    yield_path = tmp_path
    for name in ("extra_parts", "extra_parts.plugin"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return yield_path


async def test_only_this_projects_modules(project: Path) -> None:
    plugins = load_plugins(project)
    await plugins.startup({"A": "1"}, demo=True)
    await plugins.shutdown()
    await plugins.shutdown()  # once is enough
    assert sys.modules["extra_parts.plugin"].calls == [("startup", "1", True), "shutdown"]
    assert not load_plugins(project / "elsewhere")._plugins


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("own", "Le dossier des courriels n'est pas accessible."),
        ("other", "La partie « extra » du projet ne démarre pas (ValueError)."),
    ],
)
async def test_a_part_that_does_not_start(project: Path, how: str, said: str) -> None:
    with pytest.raises(PluginError) as caught:
        await load_plugins(project).startup({"A": how}, demo=False)
    assert str(caught.value) == said


async def test_one_that_does_not_stop_keeps_no_other_from_it(caplog: pytest.LogCaptureFixture) -> None:
    stopped: list[str] = []

    class Part:
        def __init__(self, name: str) -> None:
            self.name = name

        def commands(self) -> list[object]:
            return []

        async def startup(self, _settings: Mapping[str, str], _demo: bool) -> None:
            return None

        async def ready(self) -> str | None:
            return None

        async def shutdown(self) -> None:
            stopped.append(self.name)
            if self.name == "b":
                raise RuntimeError("lucie@example.ca")

    plugins = Plugins({name: Part(name) for name in "abc"})  # type: ignore[misc]
    await plugins.startup({}, demo=False)
    await plugins.shutdown()
    assert stopped == ["c", "b", "a"]
    assert "RuntimeError" in caplog.text
    assert "lucie" not in caplog.text
