"""Imports: all or nothing, every bad line named, as often as one likes."""

from __future__ import annotations

import contextlib
import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from actions.portal import Portal
from actions.portal.importing import ImportReport, import_files
from actions.portal.importing.content import PATIENT_COLUMNS, patients_of
from actions.portal.importing.table import Table, UnreadableFileError, parse_table
from actions.portal.models import Clinic, Record, Site
from tests.actions.portal.world import CLINICS, PATIENTS

HEADER = ",".join(PATIENT_COLUMNS)


async def _import(portal: Portal, folder: Path, clinics: str | None, patients: str | bytes | None) -> ImportReport:
    paths: dict[str, Path] = {}
    for name, content in (("clinics", clinics), ("patients", patients)):
        if content is not None:
            paths[name] = folder / f"{name}.csv"
            paths[name].write_bytes(content.encode() if isinstance(content, str) else content)
    return await import_files(portal.core, **paths)


async def _count(portal: Portal, table: type) -> int:
    async with portal.core.db.read() as session:
        return len((await session.scalars(select(table))).all())


class TestImport:
    async def test_twice_changes_nothing_the_second_time(self, portal: Portal, tmp_path: Path) -> None:
        first = await _import(portal, tmp_path, CLINICS, PATIENTS)
        second = await _import(portal, tmp_path, CLINICS, PATIENTS)
        assert (first.clinics.added, first.records.added) == (2, 6)
        assert (second.clinics.unchanged, second.records.unchanged) == (2, 6)
        assert (second.clinics.touched, second.records.touched) == (0, 0)

    async def test_one_bad_line_and_nothing_is_written(self, portal: Portal, tmp_path: Path) -> None:
        report = await _import(portal, tmp_path, CLINICS, PATIENTS + "c1,7,TEST85133112,a@b.ca,A,B\n")
        assert [(problem.file, problem.line) for problem in report.errors] == [("patients.csv", 8)]
        assert "mois" in report.errors[0].reason
        assert await _count(portal, Clinic) == await _count(portal, Record) == 0

    async def test_every_bad_line_of_both_files_is_reported(self, portal: Portal, tmp_path: Path) -> None:
        report = await _import(
            portal,
            tmp_path,
            CLINICS + ",Sans identifiant,,,,\nc9,,,,,\n",
            f"{HEADER}\nc1,1,,a@b.ca,A,B\nnope,2,TEST85031412,a@b.ca,A,B\nc1,3,TEST8503,a@b.ca,A,B\nc1,4\n"
            "c1,5,TEST85031412,a@b.ca,A,B,extra\n",
        )
        assert [(p.file, p.line) for p in report.errors] == [
            ("clinics.csv", 5),
            ("clinics.csv", 6),
            *(("patients.csv", line) for line in (2, 3, 4, 5, 6)),
        ]
        assert all("TEST85" not in str(p) and "a@b.ca" not in str(p) for p in report.errors)

    async def test_odd_lines_are_taken_with_a_warning(self, portal: Portal, tmp_path: Path) -> None:
        lines = [
            "c1,1,TEST85531417,a@b.ca,A,B",  # check digit
            "c1,2,DEMO50010122,,A,B",  # no email
            "c1,3,TREM04121925,t@b.ca,A,B",
            "c1,4,TREM 0412 1925,t@b.ca,A,B",  # duplicate record
            "c1,5,9876-543-217-AB,o@b.ca,A,B",
            "c1,6,912 345 678,n@b.ca,A,B",
            "c1,7,ZZZX88122513,not an address,A,B",
            "c1,7,LIXT67570116,z@b.ca,A,B",  # record number again
            "c1,,ABCD900101A4,e@b.ca,A,B",  # no record number
        ]
        report = await _import(portal, tmp_path, CLINICS, "\n".join([HEADER, *lines]))
        assert report.errors == []
        assert [problem.line for problem in report.warnings] == [2, 3, 5, 8, 9, 10]
        assert await _count(portal, Record) == 9

    async def test_a_correction_replaces_the_record(self, portal: Portal, tmp_path: Path) -> None:
        await _import(portal, tmp_path, CLINICS, PATIENTS)
        report = await _import(portal, tmp_path, None, PATIENTS.replace("omar@", "new@"))
        assert (report.records.changed, report.records.unchanged, report.records.added) == (1, 5, 0)
        assert await _count(portal, Record) == 6

    async def test_a_repeated_number_loses_no_patient_and_can_be_put_right(
        self, portal: Portal, tmp_path: Path
    ) -> None:
        twice = f"{HEADER}\nc1,1,TEST85031412,a@b.ca,A,B\nc1,1,DEMO50010122,b@b.ca,A,B\n"
        await _import(portal, tmp_path, CLINICS, twice)
        assert await _count(portal, Record) == 2
        report = await _import(portal, tmp_path, None, f"{HEADER}\nc1,1,TEST85031412,a@b.ca,A,B\n")
        assert report.records.removed == 1
        assert await _count(portal, Record) == 1

    async def test_a_clinic_gets_the_sites_of_the_file(self, portal: Portal, tmp_path: Path) -> None:
        await _import(portal, tmp_path, CLINICS, None)
        report = await _import(
            portal, tmp_path, CLINICS.replace("c2,GMF du Lac,Site Sud,3 rue des Pins,Prévost,J0R 1T0\n", ""), None
        )
        assert (report.clinics.changed, report.clinics.unchanged) == (1, 1)
        assert await _count(portal, Site) == 2

    async def test_the_search_of_another_process_sees_new_clinics(self, portal: Portal, tmp_path: Path, clock) -> None:
        assert (await portal.search_clinics("info")).status == "none"
        await _import(portal, tmp_path, CLINICS, None)
        clock.advance(6)
        assert (await portal.search_clinics("info")).hits[0].clinic_id == "c1"

    async def test_what_was_imported_is_not_stored_in_clear(self, portal: Portal, tmp_path: Path) -> None:
        await _import(portal, tmp_path, CLINICS, PATIENTS + "c1,,ABCD900101A4,zoe@example.com,Zoé,Roy-Martin\n")
        async with portal.core.db.read() as session:
            rows = (await session.scalars(select(Record))).all()
        stored = "|".join(str(getattr(row, column.key)) for row in rows for column in Record.__table__.columns)
        for value in ("TEST85", "ABCD90", "example.com", "Lucie", "Roy-M"):
            assert value not in stored

    async def test_many_patients(self, portal: Portal, tmp_path: Path) -> None:
        lines = [f"c1,{n},9{n:08},p{n}@example.com,P,N{n}" for n in range(3000)]
        start = time.perf_counter()
        report = await _import(portal, tmp_path, CLINICS, "\n".join([HEADER, *lines]))
        assert report.records.added == 3000
        assert time.perf_counter() - start < 10  # 50,000 must stay a matter of seconds


class TestFiles:
    @pytest.mark.parametrize(
        "content",
        [
            "\ufeff" + PATIENTS,
            PATIENTS.replace("\n", "\r\n"),
            PATIENTS.replace("\n", "\r"),
            PATIENTS.replace(",", ";"),
            PATIENTS.replace(",", "\t"),
            "sep=;\n" + PATIENTS.replace(",", ";"),
            PATIENTS.replace("\n", ";;\n").replace(",", ";"),
            PATIENTS.upper().replace("@EXAMPLE.COM", "@example.com"),
            PATIENTS.replace("record_number", "Record Number"),
            "\n" + PATIENTS.replace("\n", "\n\n"),
            PATIENTS.replace("first_name", '"first_name"'),
        ],
    )
    def test_as_spreadsheets_write_them(self, content: str) -> None:
        table = parse_table("p.csv", content.encode(), PATIENT_COLUMNS)
        assert table.errors == []
        assert len(table.rows) == 6
        assert table.rows[0].cells["nam"] == "TEST85031412"

    def test_utf_16_and_windows_1252(self) -> None:
        content = PATIENTS.replace("Lucie", "Zoé")
        assert parse_table("p.csv", content.encode("utf-16"), PATIENT_COLUMNS).rows[0].cells["first_name"] == "Zoé"
        windows = parse_table("p.csv", content.encode("cp1252"), PATIENT_COLUMNS)
        assert windows.rows[0].cells["first_name"] == "Zoé"
        assert [problem.line for problem in windows.warnings] == [2]

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "vide"),
            (b"\n\n", "vide"),
            (b"PK\x03\x04rest", "classeur"),
            (b"clinic_id,nam\n", "il manque les colonnes record_number, email"),
            (HEADER.replace("email", "nam").encode(), "il manque la colonne email"),
            ((HEADER + ",nam\n").encode(), "deux fois"),
            (HEADER.encode() + b"\nc1,\x00\n", "texte"),
            (HEADER.encode() + b"\nc1,\x81\xff\n", "UTF-8"),
        ],
    )
    def test_unreadable_as_a_whole(self, content: bytes, words: str) -> None:
        with pytest.raises(UnreadableFileError, match=words):
            parse_table("p.csv", content, PATIENT_COLUMNS)

    def test_an_open_quote_names_the_line_where_it_opens(self) -> None:
        table = parse_table("p.csv", (PATIENTS + 'c1,9,"TEST85031412,a@b.ca\nc1,10,X\n').encode(), PATIENT_COLUMNS)
        assert [problem.line for problem in table.errors] == [8]

    def test_a_cell_of_several_lines_counts_them(self) -> None:
        content = f'{HEADER}\nc1,1,TEST85031412,a@b.ca,"A\nB",C\nc1,2,bad,a@b.ca,A,B\n'
        table = parse_table("p.csv", content.encode(), PATIENT_COLUMNS)
        assert [row.line for row in table.rows] == [2, 4]

    async def test_missing(self, portal: Portal, tmp_path: Path) -> None:
        report = await import_files(portal.core, patients=tmp_path / "none.csv")
        assert "n’existe pas" in str(report.errors[0])
        report = await import_files(portal.core, clinics=tmp_path)
        assert "ne se lit pas" in str(report.errors[0])


@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_reason(content: bytes) -> None:
    for start in (b"", HEADER.encode() + b"\n"):
        with contextlib.suppress(UnreadableFileError):
            table = parse_table("p.csv", start + content, PATIENT_COLUMNS)
            patients_of(table, {"c1"}, table.rows)


_CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@given(st.lists(st.lists(_CELL, min_size=6, max_size=6), max_size=8), st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]], delimiter: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(PATIENT_COLUMNS)
    writer.writerows(rows)
    table = parse_table("p.csv", file.getvalue().encode(), PATIENT_COLUMNS)
    wanted = [[" ".join(cell.split()) for cell in row] for row in rows]
    assert table.errors == []
    assert [list(row.cells.values()) for row in table.rows] == [row for row in wanted if any(row)]


@given(st.text(max_size=40))
def test_any_nam_cell_is_taken_or_refused(nam: str) -> None:
    table = Table("p.csv")
    rows = parse_table("p.csv", f"{HEADER}\nc1,1,x,a@b.ca,A,B\n".encode(), PATIENT_COLUMNS).rows
    rows[0].cells["nam"] = nam
    found = patients_of(table, {"c1"}, rows)
    assert len(found) + len(table.errors) == 1
