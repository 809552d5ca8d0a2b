"""The conversation's map, read from the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ProjectError
from bot.project.project import Project, load_project
from bot.project.story_map import LABELS, StoryMap, read_map
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project(ROOT)


@pytest.fixture(scope="module")
def story_map(project: Project) -> StoryMap:
    return read_map(project)


def test_forms_ask_in_order_in_the_words_of_the_assistant(story_map: StoryMap, project: Project) -> None:
    signup = story_map.forms[0]
    assert signup.name == "signup_form"
    assert len(signup.questions) == 8
    said = {str(one.get("text")) for one in project.domain.responses["utter_ask_email_again"]}
    assert signup.questions[0] in said
    assert not any("{" in question for question in (*signup.questions, *signup.between))


def test_outcomes_lead_where_the_rules_say(story_map: StoryMap) -> None:
    leads = {card.name: [way.target for way in card.exits if way.target] for card in story_map.forms}
    assert leads["signup_form"] == ["link_clinic_form", "signup_form"]
    assert {"activation_form", "match_repair_form", "another_clinic_form"} < set(leads["link_clinic_form"])
    assert leads["another_clinic_form"] == ["link_clinic_form"]
    assert next(way.target for way in story_map.beginning.exits if way.target) == "signup_form"


def test_what_may_be_said_at_any_time(story_map: StoryMap, project: Project) -> None:
    title = project.domain.responses["utter_meaning_faq_nam"][0]["text"]
    assert title in story_map.everywhere
    assert len(set(story_map.everywhere)) == len(story_map.everywhere)


def test_the_straight_way_goes_down_the_first_column(story_map: StoryMap) -> None:
    places = story_map.places()
    way = ("", "signup_form", "link_clinic_form", "activation_form", "another_clinic_form")
    assert [places[name] for name in way] == [(row, 0) for row in range(5)]
    assert places["login_form"] == (1, 1)
    assert places["match_repair_form"] == (3, 1)


def test_everything_on_the_map_has_french_words(story_map: StoryMap, project: Project) -> None:
    words = [*story_map.everywhere, *(way.label for card in story_map.forms for way in card.exits)]
    words += [card.title for card in story_map.forms] + [way.label for way in story_map.beginning.exits]
    names = {*project.domain.forms, *project.domain.intents, *project.domain.custom_actions, *project.domain.responses}
    names |= {str(value) for value in project.domain.slots["outcome"].values}
    plain = {name.replace("_", " ") for name in names if "_" in name}
    assert not [word for word in words if any(part in plain for part in word.split(" : "))]


def test_labels_are_read_strictly(tmp_path: Path) -> None:
    (tmp_path / "domain.yml").write_text("intents: [greet]\nresponses: {utter_greet: [{text: hi}]}\n", encoding="utf-8")
    (tmp_path / "config.yml").write_text(
        "language: fr\npipeline: []\npolicies: [{name: RulePolicy}]\n", encoding="utf-8"
    )
    project = Project(tmp_path, load_project(ROOT).domain, None, None, (), None)  # type: ignore[arg-type]
    (tmp_path / LABELS).parent.mkdir()
    (tmp_path / LABELS).write_text("colours: {a: b}\n", encoding="utf-8")
    with pytest.raises(ProjectError, match="colours"):
        read_map(project)
