"""The commands and their arguments. Kept free of heavy imports: `sofy --help` goes through here."""

from __future__ import annotations

import importlib
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """A command of `sofy`."""

    name: str
    help: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


def all_commands() -> list[Command]:
    """Every staff command."""
    return [
        Command("import", "importer les cliniques et les patients (CSV)", _import, _runner("importing")),
        Command("duplicates", "lister les dossiers en double", _nothing, _runner("duplicates")),
        Command("links", "montrer les comptes et les cliniques liées d’un courriel", _links, _runner("links")),
        Command("invite", "envoyer l’invitation d’une clinique à un courriel", _invite, _runner("invite")),
        Command("stats", "compter les cliniques, dossiers, comptes et événements", _stats, _runner("stats")),
        Command("purge", "supprimer ce qui est échu", _nothing, _runner("purge")),
        Command("erase", "effacer tout ce qui concerne une personne, avec un reçu", _erase, _runner("erase")),
        Command("access-report", "écrire tout ce qui est détenu sur une personne", _report, _runner("access_report")),
        Command("rekey", "tout chiffrer de nouveau avec la nouvelle clé", _nothing, _runner("rekey")),
        Command("audit", "vérifier ou lire le journal d’audit", _audit, _runner("audit")),
        Command("incident", "tenir le registre des incidents de confidentialité", _incident, _runner("incident")),
    ]


def _runner(module: str) -> Callable[[Namespace], int]:
    def run(args: Namespace) -> int:
        from actions.staff.running import run_command  # noqa: PLC0415

        main = importlib.import_module(f"actions.staff.{module}").main
        # Importing is often the first thing done with the program: it may make the trial's key.
        return run_command(main, args, trial=module == "importing")

    return run


def _nothing(_parser: ArgumentParser) -> None:
    return None


def _import(parser: ArgumentParser) -> None:
    parser.add_argument("--clinics", type=Path, metavar="FICHIER", help="cliniques et sites (clinics.csv)")
    parser.add_argument("--patients", type=Path, metavar="FICHIER", help="dossiers des patients (patients.csv)")
    parser.add_argument("--quiet", action="store_true", help="sans barre de progression ni avertissements")


def _links(parser: ArgumentParser) -> None:
    _email(parser)
    parser.add_argument("--json", action="store_true", help="sortie en JSON")


def _invite(parser: ArgumentParser) -> None:
    parser.add_argument("--clinic", required=True, metavar="ID", help="identifiant de la clinique (clinic_id)")
    _email(parser)


def _stats(parser: ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=30, metavar="N", help="jours d’événements (30)")
    parser.add_argument("--json", action="store_true", help="sortie en JSON")


def _report(parser: ArgumentParser) -> None:
    _email(parser)
    parser.add_argument("--out", type=Path, metavar="FICHIER", help="fichier à créer (sinon la sortie standard)")


def _audit(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify", "list"], metavar="verify|list", help="vérifier, ou lire")
    parser.add_argument("--head", metavar="TÊTE", help="une tête notée plus tôt, qui doit y être encore")
    parser.add_argument("--days", type=int, default=30, metavar="N", help="jours à lire (30)")
    parser.add_argument("--accesses", action="store_true", help="seulement les accès du personnel")


def _incident(parser: ArgumentParser) -> None:
    from actions.portal.incident_fields import FIELDS  # noqa: PLC0415

    parser.add_argument("what", choices=["add", "list", "export"], metavar="add|list|export")
    parser.add_argument("--format", choices=["csv", "json"], default="csv", metavar="csv|json", help="export (csv)")
    for name, meaning in FIELDS.items():
        parser.add_argument(f"--{name}", metavar="TEXTE", help=meaning)


def _erase(parser: ArgumentParser) -> None:
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--email", metavar="COURRIEL", help="adresse courriel")
    who.add_argument("--conversation", metavar="ID", help="une conversation seulement")
    parser.add_argument(
        "--records", action="store_true", help="effacer aussi les dossiers importés qui ont ce courriel"
    )


def _email(parser: ArgumentParser) -> None:
    parser.add_argument("--email", required=True, metavar="COURRIEL", help="adresse courriel")
