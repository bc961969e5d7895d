"""What a failed video of a stand-in says: a code that programs of the API know, and the vendor's own in the message."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reelgate.catalog import load
from reelgate.dialects import by_name
from reelgate.request import Mode, Order
from reelgate.tasks.states import State
from reelgate.testing.dialects import sample_link, sample_task

MODEL = load().of("wan2.7-t2v", "dashscope")
ORDER = Order("sora-2", "dashscope", Mode.TEXT, "720p", "9:16", 4, 720, 1280)


@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        ("DataInspectionFailed", "Input data may contain inappropriate content.", "moderation_blocked"),
        ("TaskPromptPolicyViolation", "the prompt was refused", "moderation_blocked"),
        ("OutputVideoSensitiveContentDetected", "see the rules", "moderation_blocked"),
        ("rejected", "提示词审核不通过", "moderation_blocked"),
        ("InvalidParameter", "duration is wrong", "invalid_request_error"),
        ("InternalError", "try later", "video_generation_failed"),
        ("deadline", "the task did not end in time", "deadline"),
    ],
)
def test_a_vendor_s_refusal_has_the_api_s_code(code: str, message: str, told: str) -> None:
    task = sample_task(MODEL, State.FAILED, error_code=code, error_message=message)
    task = replace(task, request=replace(task.request, order=ORDER))

    found = by_name("openai").render(task, MODEL, sample_link).body

    assert (found["model"], found["size"], found["seconds"]) == ("sora-2", "720x1280", "4")
    assert found["error"]["code"] == told
    assert message in found["error"]["message"]
    assert code in found["error"]["message"] or told == code


def test_other_models_keep_their_vendors_codes() -> None:
    task = sample_task(MODEL, State.FAILED, error_code="DataInspectionFailed", error_message="no")

    assert by_name("openai").render(task, MODEL, sample_link).body["error"]["code"] == "DataInspectionFailed"
