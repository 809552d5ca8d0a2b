"""`sofy`: the program. Rasa's verbs and flags where Rasa has them; its help and messages are in French."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from bot.errors import ProjectError, SofyError

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

# argparse speaks through gettext; these are its sentences that a user of `sofy` can meet.
_FRENCH = {
    "usage: ": "usage : ",
    "positional arguments": "commandes",
    "options": "options",
    "show this help message and exit": "montrer cette aide",
    "%(prog)s: error: %(message)s\n": "%(prog)s : %(message)s\n",
    "the following arguments are required: %s": "il manque : %s",
    "unrecognized arguments: %s": "argument inconnu : %s",
    "expected one argument": "une valeur est attendue",
    "invalid %(type)s value: %(value)r": "valeur non valable : %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)": "choix inconnu : %(value)r (au choix : %(choices)s)",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "ambiguous option: %(option)s could match %(matches)s": "option ambiguë : %(option)s (%(matches)s)",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run `sofy`; gives the exit code: 0 done, 1 not done (one sentence says why), 2 wrong usage."""
    root = Path.cwd()
    # The project in the current directory comes first: its actions, not those of an installed package.
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        arguments = _parser(root, list(sys.argv[1:] if argv is None else argv)).parse_args(argv)
        run: Callable[[argparse.Namespace], int] = arguments.run
        return run(arguments)
    except ProjectError as error:
        count = len(error.problems)
        print(f"Le projet contient {count} problème{'s' * (count > 1)} :", file=sys.stderr)
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
    except SofyError as error:
        print(str(error), file=sys.stderr)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) left: nothing more can be said to it, also not when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # staff never see a traceback; SOFY_DEBUG=1 shows it to who mends it
        if os.environ.get("SOFY_DEBUG"):
            raise
        print(f"Erreur inattendue ({type(error).__name__}) : la commande n'a pas abouti.", file=sys.stderr)
    return FAILED


def _parser(root: Path, argv: list[str]) -> argparse.ArgumentParser:
    setattr(argparse, "_", lambda text: _FRENCH.get(text, text))  # noqa: B010  (a private name of argparse)
    parser = argparse.ArgumentParser(prog="sofy", description="L'assistant d'inscription au portail Sofy.")
    parser.set_defaults(run=lambda _arguments: _no_command(parser))
    parser.add_argument("--version", action="store_true", help="montrer la version")
    parser.set_defaults(run=lambda arguments: _version() if arguments.version else _no_command(parser))
    commands = parser.add_subparsers(title="commandes", metavar="COMMANDE")
    _add_train(commands)
    _add_run(commands)
    _add_shell(commands)
    _add_test(commands)
    _add_data(commands)
    _add_export(commands)
    _add_visualize(commands)
    _add_plugins(commands, root, argv)
    return parser


def _lazy(module: str, function: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        result = getattr(importlib.import_module(f"bot.commands.{module}"), function)(arguments)
        return int(result)

    return run


def _add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    train = commands.add_parser("train", help="entraîner le modèle", description="Entraîner le modèle du projet.")
    train.add_argument("--if-needed", action="store_true", help="seulement si le projet a changé")
    train.set_defaults(run=_lazy("train", "train"))


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser("run", help="servir l'assistant", description="Servir l'assistant en HTTP.")
    run.add_argument("-p", "--port", type=_port, default=5005, metavar="N", help="port (5005)")
    run.add_argument("--host", "-i", "--interface", metavar="ADRESSE", help="adresse d'écoute")
    run.add_argument("--workers", type=_count, default=1, metavar="N", help="processus (plus d'un : REDIS_URL)")
    run.add_argument("--demo", action="store_true", help="cliniques et patients fictifs, courriels à l'écran")
    run.add_argument("-t", "--auth-token", metavar="JETON", help="jeton exigé de l'API et du canal REST")
    run.add_argument("--cors", nargs="*", metavar="ORIGINE", help="sites qui peuvent intégrer le clavardage")
    run.add_argument("--endpoints", default="endpoints.yml", metavar="FICHIER", help="endpoints.yml")
    run.add_argument("--credentials", default="credentials.yml", metavar="FICHIER", help="credentials.yml")
    run.add_argument("--rasa", metavar="URL", help="un serveur Rasa pour moteur (voir docs/rasa.md)")
    run.add_argument("--debug", action="store_true", help="journal détaillé")
    # How the first process hands its listening sockets to the others.
    run.add_argument("--fd", type=int, action="append", help=argparse.SUPPRESS)
    run.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    run.set_defaults(run=_lazy("serve", "serve"))


def _add_shell(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    shell = commands.add_parser(
        "shell", help="converser dans le terminal", description="Converser avec l'assistant dans le terminal."
    )
    shell.add_argument("mode", nargs="?", choices=["nlu"], metavar="nlu", help="seulement comprendre des phrases")
    shell.add_argument("--debug", action="store_true", help="montrer l'intention, la confiance, les cases, la règle")
    shell.add_argument("--demo", action="store_true", help="données fictives (d'office sans SOFY_SECRET_KEY)")
    shell.add_argument("--sender", metavar="NOM", help="reprendre la conversation de ce nom")
    shell.set_defaults(run=_lazy("talk", "talk"))


def _add_test(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    test = commands.add_parser("test", help="éprouver le modèle", description="Éprouver le modèle du projet.")
    test.add_argument("part", nargs="?", choices=["nlu", "core"], metavar="nlu|core", help="les deux si absent")
    test.add_argument("--nlu", type=Path, default=Path("tests/nlu"), metavar="CHEMIN", help="phrases de test")
    test.add_argument("--cross-validation", action="store_true", help="réentraîner sur des parties des exemples")
    test.add_argument("-f", "--folds", type=_folds, default=5, metavar="N", help="parties (5)")
    test.add_argument(
        "--compare",
        nargs="?",
        type=Path,
        const=Path("-"),
        metavar="RAPPORT",
        help="dire ce qui a changé depuis un rapport (sans nom : le dernier)",
    )
    test.add_argument("-s", "--stories", type=Path, default=Path("tests/stories"), metavar="CHEMIN", help="récits")
    test.add_argument("--out", type=Path, default=Path("results"), metavar="DOSSIER", help="rapports (results)")
    test.set_defaults(run=_lazy("check", "test"))


def _add_data(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    data = commands.add_parser("data", help="vérifier le projet", description="Vérifier les fichiers du projet.")
    parts = data.add_subparsers(title="commandes", metavar="COMMANDE", required=True)
    validate = parts.add_parser("validate", help="dire tout ce qui ne va pas dans le projet")
    validate.set_defaults(run=_lazy("check", "validate"))


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Écrire les conversations, une par ligne, en JSON : sans secret, valeurs personnelles masquées."
    export = commands.add_parser("export", help="exporter les conversations masquées", description=text)
    export.add_argument("--out", type=Path, metavar="FICHIER", help="fichier (sinon la sortie standard)")
    export.set_defaults(run=_lazy("export", "export"))


def _add_visualize(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Dessiner la conversation : ses formulaires, leurs questions, et où mène chaque issue."
    visualize = commands.add_parser("visualize", help="dessiner la carte de la conversation", description=text)
    visualize.add_argument(
        "--out",
        type=Path,
        default=Path("results/carte.svg"),
        metavar="FICHIER",
        help="SVG, PNG ou PDF (results/carte.svg)",
    )
    visualize.set_defaults(run=_lazy("visualize", "visualize"))


def _add_plugins(commands: argparse._SubParsersAction[argparse.ArgumentParser], root: Path, argv: list[str]) -> None:
    """Add the project's own commands; not looked for when one of ours is asked for (it costs milliseconds)."""
    wanted = next((word for word in argv if not word.startswith("-")), None)
    if wanted in commands.choices:
        return
    from bot.plugins import load_plugins  # noqa: PLC0415

    for command in load_plugins(root).commands():
        added = commands.add_parser(command.name, help=command.help, description=command.help.capitalize() + ".")
        command.add_arguments(added)
        added.set_defaults(run=command.run, conversations=_conversations(root))


def _conversations(root: Path) -> Callable[[], Any]:
    """Lend the stored conversations to a project's command that asks for them."""

    def opened() -> Any:
        from bot.commands.archive import archive_of  # noqa: PLC0415

        return archive_of(root)()

    return opened


def _no_command(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return USAGE


def _version() -> int:
    from importlib.metadata import version  # noqa: PLC0415

    print(version("sofy-assistant"))
    return OK


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _folds(text: str) -> int:
    number = int(text)
    if not 2 <= number <= 20:
        raise ValueError
    return number


def run_and_exit() -> NoReturn:
    """Run `sofy` as a program."""
    sys.exit(main())


if __name__ == "__main__":
    run_and_exit()
