"""One signer for every purpose: no signature fits another purpose, and those made by earlier versions stay valid."""

from __future__ import annotations

import hmac
from itertools import permutations

from reelgate.events.signing import Secrets
from reelgate.media.links import LinkSigner
from reelgate.media.policies import Permits
from reelgate.signing import Purpose, Signer

SECRET = b"s" * 32


def plain(text: bytes) -> bytes:
    """Return a signature as any program would make it."""
    return hmac.new(SECRET, text, "sha256").digest()


def test_no_purpose_begins_with_another() -> None:
    assert not any(one.value.startswith(other.value) for one, other in permutations(Purpose, 2))


def test_signatures_are_those_of_every_version_before() -> None:
    signer = Signer(SECRET)
    link = LinkSigner(signer).sign("task_1", "video.mp4", 5)
    policy = Permits(signer).issue("p", "uploads/a", 0)
    secret = Secrets(signer).of("wh_1", 2)

    assert link == f"/files/task_1/video.mp4?expires=5&signature={plain(b'/files/task_1/video.mp4?expires=5').hex()}"
    assert signer.sign(Purpose.CALLBACK, "ark/a1") == plain(b"/callbacks/ark/a1")
    assert Permits(signer).check(policy.text, policy.signature, "uploads/a/x", 0) == "p"
    assert signer.sign(Purpose.POLICY, policy.text) == plain(b"reelgate upload policy\n" + policy.text.encode())
    assert signer.sign(Purpose.QUOTE, "q") == plain(b"reelgate quote\nq")
    assert secret.shared == plain(b"reelgate webhook secret\nwh_1\n2")
    assert secret.seed == plain(b"reelgate webhook signing key\nwh_1\n2")
