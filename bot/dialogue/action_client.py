"""Where custom actions run: in this process, or on an action server (Rasa's protocol in both cases)."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import aiohttp

from bot.dialogue.tracker import View
from bot.errors import Problem, ProjectError
from bot.project.domain import Domain

if TYPE_CHECKING:
    from rasa_sdk.executor import ActionExecutor

PROTOCOL_VERSION = "3.6.21"
"""The version of Rasa whose requests these are."""
TIMEOUT_SECONDS = 300


class ActionResult(NamedTuple):
    """What an action gave back, as raw JSON."""

    events: list[dict[str, Any]]
    responses: list[dict[str, Any]]


class ActionFailedError(Exception):
    """An action could not be run. Its text names the action and the kind of failure, never a value."""


class ActionRejectedError(Exception):
    """An action declined to run, so that something else may be predicted."""


class ActionClient(Protocol):
    """Runs custom actions."""

    async def run(self, name: str, tracker: View, domain: Domain) -> ActionResult:
        """Run one action. Raises ActionRejectedError or ActionFailedError."""
        ...


class ActionCaller(Protocol):
    """Runs custom actions from a request that another engine made."""

    async def call(self, name: str, body: Mapping[str, Any]) -> ActionResult:
        """Run one action; `body` is the request as Rasa makes it. Raises ActionRejectedError or ActionFailedError."""
        ...


def request_body(name: str, tracker: View, domain: Domain) -> dict[str, Any]:
    """The call as Rasa makes it, without the domain's text being copied."""
    return {
        "next_action": name,
        "sender_id": tracker.sender_id,
        "tracker": tracker.current_state(),
        "version": PROTOCOL_VERSION,
        "domain": domain.as_dict(),
    }


class InProcessActions:
    """Runs the project's own actions with rasa-sdk's executor."""

    def __init__(self, executor: ActionExecutor) -> None:
        """Take an executor that knows the actions."""
        self._executor = executor

    @classmethod
    def from_package(cls, package: str = "actions", root: Path | None = None) -> InProcessActions:
        """Import the project's package and register its actions. Raises ProjectError.

        With `root`, only a package whose files lie below it is accepted: an installed package of the same name is
        somebody else's.
        """
        if root is not None and str(root) not in sys.path:
            sys.path.insert(0, str(root))
        try:
            module = importlib.import_module(package)
        except ImportError as error:
            raise ProjectError(Problem(f"the package {package} cannot be imported: {error}", package)) from error
        places = [Path(place).resolve() for place in getattr(module, "__path__", [])]
        if root is not None and not any(place.is_relative_to(root.resolve()) for place in places):
            raise ProjectError(Problem(f"the package {package} is not the project's own", package))
        from rasa_sdk.executor import ActionExecutor  # noqa: PLC0415  (slow to import: not for action servers)

        executor = ActionExecutor()
        try:
            executor.register_package(module)
        except SystemExit:
            raise ProjectError(Problem(f"a module of {package} cannot be imported (see the log)", package)) from None
        executor.actions = {
            name: function
            for name, function in executor.actions.items()
            if function.__module__ == package or _module(function).startswith(f"{package}.")
        }
        return cls(executor)

    @property
    def names(self) -> frozenset[str]:
        """Names of the actions that can be run."""
        return frozenset(self._executor.actions)

    async def run(self, name: str, tracker: View, domain: Domain) -> ActionResult:
        """Run one action for the embedded engine."""
        return await self.call(name, request_body(name, tracker, domain))

    async def call(self, name: str, body: Mapping[str, Any]) -> ActionResult:
        """Run one action; whatever it raises, only the kind and the place of it are told."""
        from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException  # noqa: PLC0415

        try:
            result = await self._executor.run(body)
        except ActionExecutionRejection:
            raise ActionRejectedError(name) from None
        except ActionNotFoundException:
            raise ActionFailedError(f"{name}: no such action is registered") from None
        except Exception as error:
            raise ActionFailedError(f"{name}: {describe(error)}") from None
        if result is None:
            raise ActionFailedError(f"{name}: no result")
        return ActionResult(result.events, result.responses)


class HttpActions:
    """Calls an action server over HTTP."""

    def __init__(self, endpoint: Mapping[str, Any]) -> None:
        """Take the `action_endpoint` section of `endpoints.yml`."""
        self._url = str(endpoint["url"])
        self._headers = {str(name): str(value) for name, value in (endpoint.get("headers") or {}).items()}
        token = endpoint.get("token")
        self._parameters = {str(endpoint.get("token_name", "token")): str(token)} if token else {}
        login = endpoint.get("basic_auth") or {}
        self._auth = aiohttp.BasicAuth(str(login["username"]), str(login["password"])) if login else None
        self._selective = bool(endpoint.get("enable_selective_domain", False))
        self._session: aiohttp.ClientSession | None = None
        self._domain_text: tuple[Domain, str] | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def run(self, name: str, tracker: View, domain: Domain) -> ActionResult:
        """Call the server for the embedded engine."""
        return await self._post(name, self._body(name, tracker, domain))

    async def call(self, name: str, body: Mapping[str, Any]) -> ActionResult:
        """Hand another engine's request on."""
        return await self._post(name, json.dumps(body, ensure_ascii=False).encode())

    async def _post(self, name: str, body: bytes) -> ActionResult:
        """Call the server; a 400 is a rejection, anything else that is not 200 a failure."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
            self._session = aiohttp.ClientSession(auth=self._auth, timeout=timeout)
        try:
            async with self._session.post(
                self._url,
                data=body,
                params=self._parameters,
                headers={"Content-Type": "application/json", **self._headers},
            ) as response:
                if response.status == 400:
                    raise ActionRejectedError(name)
                if response.status != 200:
                    raise ActionFailedError(f"{name}: the action server answered {response.status}")
                answer = await response.json(content_type=None)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise ActionFailedError(f"{name}: {type(error).__name__}") from None
        if not isinstance(answer, dict):
            raise ActionFailedError(f"{name}: the answer is not an object")
        return ActionResult(_dicts(answer.get("events")), _dicts(answer.get("responses")))

    def _body(self, name: str, tracker: View, domain: Domain) -> bytes:
        """The request; the domain, by far its largest part, is written only once."""
        body = request_body(name, tracker, domain)
        del body["domain"]
        text = json.dumps(body, ensure_ascii=False)
        if self._selective and not name.startswith("validate_"):
            return text.encode()
        if self._domain_text is None or self._domain_text[0] is not domain:
            self._domain_text = (domain, json.dumps(domain.as_dict(), ensure_ascii=False))
        return f'{text[:-1]}, "domain": {self._domain_text[1]}}}'.encode()


def describe(error: BaseException) -> str:
    """Kind and place of an error, without its text, which may hold what a user typed."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f" at {Path(code.co_filename).name}:{trace.tb_lineno} in {code.co_name}"
        trace = trace.tb_next
    return f"{type(error).__name__}{place}"


def _module(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    return str(type(owner).__module__ if owner is not None else getattr(function, "__module__", ""))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
