"""Clinic search: what patients type, and what they must find."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.portal.search import ClinicIndex, Entry
from actions.portal.types import ClinicHit

CLINICS = [
    # clinic_id, name, site, address, city, postal code
    ("info", "Ma clinique Médicale Info-Data", "Info-Data", "1250 boul. Saint-Martin", "Laval", "H7S 1A1"),
    ("gmf", "GMF Saint-Jérôme", "Site du Parc", "77 rue Saint-Georges", "Saint-Jérôme", "J7Z 1A4"),
    ("gmf", "GMF Saint-Jérôme", "Site Prévost", "2900 boul. du Curé-Labelle", "Prévost", "J0R 1T0"),
    ("foy", "Clinique Sainte-Foy", "Sainte-Foy", "2600 chemin Sainte-Foy", "Québec", "G1V 1A5"),
    ("common", "Centre médical", "", "18 rue King Ouest", "Sherbrooke", "J1H 1A7"),
    ("canal", "Centre médical du Canal Rideau", "", "410 rue Rideau", "Ottawa", "K1N 1B4"),
    ("erables", "Clinique familiale Les Érables", "", "640 rue Jacques-Cartier", "Chicoutimi", "G7H 1A8"),
    ("granby", "Clinique Les Érables de Granby", "", "215 rue Principale", "Granby", "J2G 1A9"),
    ("rivieres", "GMF des Trois-Rivières", "Les Chutes", "455 rue des Forges", "Trois-Rivières", "G9A 2A1"),
    ("rivieres", "GMF des Trois-Rivières", "Bécancour", "3 avenue des Jonquilles", "Bécancour", "G9H 1A3"),
    ("coeur", "Clinique du Sacré-Cœur", "", "5 rue de l’Église", "Alma", "G8B 1B1"),
]
INDEX = ClinicIndex(
    Entry(ClinicHit(clinic_id, name, site, address, city), postal)
    for clinic_id, name, site, address, city, postal in CLINICS
)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Info", "info"),
        ("infodata", "info"),
        ("INFO DATA", "info"),
        ("info_data", "info"),
        ("data", "info"),
        ("nfoda", None),
        ("clinique infodta", "info"),
        ("clinique medicale info-data", "info"),
        ("je cherche la clinique Info-Data svp", "info"),
        ("h7s 1a1", "info"),
        ("H7S1A1", "info"),
        ("1250 saint martin", "info"),
        ("st-jérôme", "gmf"),
        ("st jerome", "gmf"),
        ("stjerome", "gmf"),
        ("saint jerome", "gmf"),
        ("SAINTJEROME", "gmf"),
        ("prevost", "gmf"),
        ("ste foy", "foy"),
        ("ste-foy", "foy"),
        ("saintefoy", "foy"),
        ("quebec", "foy"),
        ("Centre médical", "common"),
        ("centre-medical", "common"),
        ("CENTRE MEDICAL!", "common"),
        ("centremedical", "common"),
        ("centre médical canal", "canal"),
        ("ottawa", "canal"),
        ("erables", "erables"),
        ("les érables granby", "granby"),
        ("érable", "erables"),
        ("trois rivieres", "rivieres"),
        ("troisrivieres", "rivieres"),
        ("trois-rivière", "rivieres"),
        ("becancour", "rivieres"),
        ("bekancour", "rivieres"),
        ("chicoutmi", "erables"),
        ("sherbroke", "common"),
        ("sacré coeur", "coeur"),
        ("sacre-cœur", "coeur"),
        ("l'église alma", "coeur"),
        ("xylophone", None),
        ("9999 inconnue", None),
    ],
)
def test_finds(query: str, first: str | None) -> None:
    result = INDEX.search(query)
    if first is None:
        assert (result.status, result.hits) == ("none", [])
    else:
        assert result.status == "found"
        assert result.hits[0].clinic_id == first


@pytest.mark.parametrize("query", ["", "inf", "  a b c", "!!!!!!", "🙂🙂🙂🙂", "l'a"])
def test_too_short(query: str) -> None:
    assert INDEX.search(query).status == "too_short"


@pytest.mark.parametrize(
    "query", ["clinique", "Clinique médicale", "la clinique", "centre", "GMF de la", "cliniqe", "medic", "ma clinique"]
)
def test_words_that_every_clinic_has_count_for_nothing(query: str) -> None:
    assert INDEX.search(query).status == "common_only"


def test_the_site_that_matched_is_beside_the_clinic_which_comes_once() -> None:
    result = INDEX.search("prevost")
    assert [(hit.clinic_id, hit.site) for hit in result.hits] == [("gmf", "Site Prévost")]
    assert [(hit.clinic_id, hit.site) for hit in INDEX.search("saint-jerome").hits] == [("gmf", "Site du Parc")]
    assert result.total == 1


def test_at_most_five_and_the_total() -> None:
    index = ClinicIndex(Entry(ClinicHit(f"c{n}", f"Clinique Boréale {n}", "", "", "Alma")) for n in range(30))
    result = index.search("boreale")
    assert len(result.hits) == 5
    assert result.total == 30
    assert index.search("boreale 17").hits[0].clinic_id == "c17"


def test_an_empty_index() -> None:
    assert ClinicIndex([]).search("quelque chose").status == "none"


@given(st.text(max_size=300))
def test_any_text_has_an_answer(query: str) -> None:
    result = INDEX.search(query)
    ids = [hit.clinic_id for hit in result.hits]
    assert len(ids) == len(set(ids)) <= min(5, result.total)
    assert (result.status == "found") == bool(ids)


@given(
    st.sampled_from(CLINICS), st.sampled_from([str.lower, str.upper, str.title]), st.sampled_from([" ", "-", ", ", "_"])
)
def test_a_whole_name_is_found_however_it_is_typed(clinic: tuple[str, ...], case, separator: str) -> None:
    query = case(separator.join(clinic[1].split()))
    assert INDEX.search(query).hits[0].clinic_id == clinic[0]


def test_two_thousand_clinics_in_under_a_millisecond() -> None:
    places = ["Laval", "Saint-Jérôme", "Trois-Rivières", "Québec", "Rimouski", "Saint-Hyacinthe", "Gatineau"]
    words = [
        f"{a}{b}"
        for a in ("Bor", "Lav", "Chamb", "Riv", "Mont", "Val", "Des", "Font")
        for b in ("éale", "ande", "ly", "ière", "rose", "mont", "jardins", "aine", "ette", "oise")
    ]
    index = ClinicIndex(
        Entry(
            ClinicHit(
                f"c{n}",
                f"Clinique {words[n % 80]} {words[(n * 7) % 79]}",
                f"Site {words[(n * 13) % 77]}",
                f"{n} rue {words[(n * 3) % 73]}",
                places[n % 7],
            ),
            f"H{n % 10}A {n % 9}B{n % 8}",
        )
        for n in range(2000)
    )
    for query in ("boreale", "saint-hyacinthe", "chambly laval", "monrtose", "rue valmont 1204", "clinqiue lavande"):
        best = min(_seconds(index, query) for _ in range(15))
        assert best < 0.003, (query, best)  # three times the target: the machine may be busy


def _seconds(index: ClinicIndex, query: str) -> float:
    start = time.perf_counter()
    index.search(query)
    return time.perf_counter() - start
