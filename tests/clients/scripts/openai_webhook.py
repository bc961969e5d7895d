"""OpenAI's client takes an event that came by a webhook: `HEADERS` and `BODY` as they came, `SECRET` the webhook's."""

import json
import os

import openai

from tests.clients.scripts.common import KEY, tell

client = openai.OpenAI(api_key=KEY, webhook_secret=os.environ["SECRET"])
body, headers = os.environ["BODY"], json.loads(os.environ["HEADERS"])
event = client.webhooks.unwrap(body, headers)
try:
    client.webhooks.unwrap(body.replace("video_", "other_"), headers)
    forged = "taken"
except openai.InvalidWebhookSignatureError:
    forged = "refused"
tell(type=event.type, video=event.data.id, forged=forged)
