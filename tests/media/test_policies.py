"""Permissions to upload: for one project, one folder and a few minutes."""

from __future__ import annotations

import base64
import json

import pytest

from reelgate import limits
from reelgate.errors import UploadForbidden
from reelgate.media.links import LinkSigner
from reelgate.media.policies import Permits
from reelgate.signing import Signer

SECRET = b"s" * 32
NOW = 1_800_000_000_000
LIFE = limits.UPLOAD_POLICY_SECONDS * 1000


def test_a_policy_says_whose_file_a_key_becomes() -> None:
    permits = Permits(Signer(SECRET))
    policy = permits.issue("项目", "uploads/a", NOW)

    assert permits.check(policy.text, policy.signature, "uploads/a/猫.png", NOW + LIFE - 1) == "项目"
    terms = json.loads(base64.b64decode(policy.text))
    assert terms["expiration"] == "2027-01-15T08:05:00.000Z"
    assert terms["conditions"][1] == ["starts-with", "$key", "uploads/a/"]


@pytest.mark.parametrize(
    ("key", "after", "words"),
    [
        ("uploads/a/x.png", LIFE, "has expired"),
        ("uploads/ab/x.png", 0, "keys that begin with uploads/a/"),
        ("uploads/a/", 0, "keys that begin with uploads/a/"),
        ("x.png", 0, "keys that begin with uploads/a/"),
    ],
)
def test_what_a_policy_does_not_permit(key: str, after: int, words: str) -> None:
    permits = Permits(Signer(SECRET))
    policy = permits.issue("project", "uploads/a", NOW)

    with pytest.raises(UploadForbidden, match=words):
        permits.check(policy.text, policy.signature, key, NOW + after)


@pytest.mark.parametrize("text", ["", "AAAA", "签名", base64.b64encode(b"[]").decode()])
def test_only_what_this_server_signed_counts(text: str) -> None:
    other = Permits(Signer(b"t" * 32)).issue("project", "uploads/a", NOW)

    for signature in ("", "签名", other.signature):
        with pytest.raises(UploadForbidden, match="not signed by this server"):
            Permits(Signer(SECRET)).check(text or other.text, signature, "uploads/a/x.png", NOW)


def test_the_signature_of_a_link_is_none_of_a_policy() -> None:
    link = LinkSigner(Signer(SECRET)).sign("task", "result.mp4", NOW // 1000)
    text, _, signature = link.partition("&signature=")

    with pytest.raises(UploadForbidden, match="not signed by this server"):
        Permits(Signer(SECRET)).check(text, base64.b64encode(bytes.fromhex(signature)).decode(), "uploads/a/x.png", NOW)
