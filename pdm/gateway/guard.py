"""The guard at the door: resolves the key of a request once, and turns away what it does not allow."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from pdm.access.denial import Denial
from pdm.access.grant import EVERYTHING, Grant
from pdm.access.keyring import Keyring
from pdm.gateway.credentials import key_in, key_in_address
from pdm.gateway.origin import from_other_site, under_own_name
from pdm.gateway.permissions import Need, need_of
from pdm.gateway.problems import HttpError, on_error
from pdm.metrics import DENIED

_GRANT = "pdm.grant"
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="pdm", Basic realm="pdm", charset="UTF-8"'}


class DeniedError(HttpError):
    """A request is turned away; `reason` is counted."""

    def __init__(self, reason: Denial, status: HTTPStatus, detail: str) -> None:
        super().__init__(status, detail, _CHALLENGE if status is HTTPStatus.UNAUTHORIZED else None)
        self.reason = reason


class Guard:
    """Knows the keys, and whether one is needed.

    required : whether requests need a key. That depends on the address the gateway listens at, never on
               where a request says or seems to come from
    """

    def __init__(self, keyring: Keyring, *, required: bool) -> None:
        self._keyring, self._required = keyring, required

    def admit(self, request: Request) -> Grant:
        """Return what a request may do; raises DeniedError where that is not what it wants."""
        if from_other_site(request.method, request.headers):
            detail = "a page of another site may not send this; Origin must be this service"
            raise DeniedError(Denial.OTHER_SITE, HTTPStatus.FORBIDDEN, detail)
        name = key_in_address(request.query_params)
        if name is not None:
            detail = f"{name!r} in the address would be kept in logs: send a key as Authorization: Bearer KEY"
            raise DeniedError(Denial.KEY_IN_ADDRESS, HTTPStatus.BAD_REQUEST, detail)
        need = need_of(request.method, request.scope["path"])
        grant = self._grant(request, need)
        _check(grant, need)
        return grant

    def _grant(self, request: Request, need: Need) -> Grant:
        """Find out who asks. A key that is sent is checked also where none is needed."""
        text = key_in(request.headers)
        if not need.key:
            return EVERYTHING
        if text is not None and (self._required or len(self._keyring)):
            found = self._keyring.find(text)
            if found is None:
                raise DeniedError(Denial.WRONG_KEY, HTTPStatus.UNAUTHORIZED, "this key is not in force")
            return found
        if self._required:
            detail = "a key is needed: Authorization: Bearer KEY; pdmctl keys create makes one"
            raise DeniedError(Denial.NO_KEY, HTTPStatus.UNAUTHORIZED, detail)
        if not under_own_name(request.headers):
            detail = "without a key, ask for this machine as localhost or 127.0.0.1"
            raise DeniedError(Denial.OTHER_NAME, HTTPStatus.FORBIDDEN, detail)
        return EVERYTHING


class Guarded:
    """An application behind a guard."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app, self._guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with what it may do, or answer it here."""
        if scope["type"] == "http":
            request = Request(scope)
            try:
                scope[_GRANT] = self._guard.admit(request)
            except DeniedError as error:
                DENIED.labels(error.reason).inc()
                await on_error(request, error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def grant_of(request: Request) -> Grant:
    """Return what the guard has found; everything where there is no guard in front."""
    found: Grant = request.scope.get(_GRANT, EVERYTHING)
    return found


def _check(grant: Grant, need: Need) -> None:
    """Hold what a request may do against what it needs; raises DeniedError."""
    if need.permission is not None and need.permission not in grant.permissions:
        detail = f"this key may not {need.permission}: its role is another"
        raise DeniedError(Denial.ROLE, HTTPStatus.FORBIDDEN, detail)
    if grant.assets is not None and not need.by_place:
        detail = "this is about the whole plant, and this key reaches a part of it"
        raise DeniedError(Denial.PLACE, HTTPStatus.FORBIDDEN, detail)
