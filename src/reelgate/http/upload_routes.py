"""DashScope's uploads: a policy for a key, then a form with the file for that policy."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from reelgate import ids, limits
from reelgate.access.load_shedding import Door, LoadShedder
from reelgate.clock import Clock
from reelgate.dialects.query import text
from reelgate.errors import InvalidField, UploadForbidden
from reelgate.http.answer_types.assets import UploadPolicy
from reelgate.http.caller import Caller, Visitor
from reelgate.http.file_form import FILE, keep_file, receive_file
from reelgate.http.responses import JsonResponse
from reelgate.http.route import FORM, Pass, route
from reelgate.media.intake import Intake
from reelgate.media.policies import Permits
from reelgate.request import Facts
from reelgate.tasks.assets import Asset, AssetState
from reelgate.tasks.projects import Scope
from reelgate.tasks.store import DuplicateId, TaskStore

PATH = "/api/v1/uploads"

_ACTION = "getPolicy"
_KEY_ID = "reelgate"  # clients hand it back unseen: the policy itself says whose files they are
_MB = 1024 * 1024
_POLICY = (text("action", words=(_ACTION,)), text("model", "The model that the file is for."))


class UploadRoutes:
    """The route `/api/v1/uploads`: GET for the policy, POST for the file. A file lives 48 hours."""

    def __init__(
        self,
        *,
        store: TaskStore,
        gate: LoadShedder,
        intake: Intake,
        permits: Permits,
        clock: Clock,
    ) -> None:
        self._assets = store.assets
        self._gate = gate
        self._intake = intake
        self._permits = permits
        self._clock = clock

    @route("GET", PATH, Scope.CREATE, door=Door.POLICIES, answers="an upload policy", gives=UploadPolicy, query=_POLICY)
    async def policy(self, caller: Caller) -> Response:
        """Return a policy with which a client can upload files for five minutes."""
        action = caller.query.text("action")
        if action != _ACTION:
            raise InvalidField.not_one_of("action", action, (_ACTION,))
        if not caller.query.text("model"):
            raise InvalidField.missing("model", "the model that the file is for")
        now = self._clock.now()
        request_id = ids.uuid7(now)
        policy = self._permits.issue(caller.project_id, f"uploads/{ids.uuid7(now)}", now)
        data = {
            "policy": policy.text,
            "signature": policy.signature,
            "upload_dir": policy.folder,
            "upload_host": caller.base + PATH,
            "expire_in_seconds": limits.UPLOAD_POLICY_SECONDS,
            "max_file_size_mb": limits.MAX_MEDIA_BYTES // _MB,
            "oss_access_key_id": _KEY_ID,
            "x_oss_object_acl": "private",
            "x_oss_forbid_overwrite": "true",
        }
        return JsonResponse({"request_id": request_id, "data": data}, headers={"x-request-id": request_id})

    @route("POST", PATH, Pass.POLICY, answers="nothing", gives={200: None, 204: None}, takes=FORM)
    async def take(self, visitor: Visitor) -> Response:
        """Upload one file. The policy in the form is the permission; no API key is needed."""
        key = project_id = ""

        def permit(texts: Mapping[str, str]) -> None:
            nonlocal key, project_id  # what the form says behind the file changes nothing
            key, project_id = texts.get("key", ""), self._permitted(texts)
            self._gate.upload(project_id)

        with self._intake.space() as path:
            texts = await receive_file(visitor.request, path, permit)
            blob, facts = await keep_file(self._intake, path, _any_kind, project_id)
        await self._put_by(key, project_id, blob, facts)
        status = 200 if texts.get("success_action_status") == "200" else 204
        return Response(status_code=status, headers={"etag": f'"{blob}"'})

    def _permitted(self, texts: Mapping[str, str]) -> str:
        for name in ("key", "policy", "Signature"):
            if not texts.get(name):
                raise InvalidField.missing(name, f"what the policy's answer states, before {FILE}")
        key = texts["key"]
        if len(key) > limits.MAX_ASSET_NAME_CHARS or not key.isprintable():
            allowed = f"at most {limits.MAX_ASSET_NAME_CHARS} printable characters"
            raise InvalidField.out_of_range("key", key, allowed)
        return self._permits.check(texts["policy"], texts["Signature"], key, self._clock.now())

    async def _put_by(self, key: str, project_id: str, blob: str, facts: Facts) -> None:
        now = self._clock.now()
        asset = Asset(
            id=key,
            project_id=project_id,
            kind=facts.kind,
            name=key.rpartition("/")[2],
            state=AssetState.ACTIVE,
            created_at=now,
            updated_at=now,
            blob=blob,
            facts=facts,
            expires_at=now + limits.UPLOAD_SECONDS * 1000,
        )
        try:
            await self._assets.add(asset)
        except DuplicateId:
            old = await self._assets.get(key)
            if old is not None and old.blob != blob:  # the same file again does no harm: somebody has tried twice
                raise UploadForbidden(f"there is another file under the key {key}; choose another name") from None


def _any_kind(_: Facts) -> None:
    """What a model takes is checked when a request names the file."""
