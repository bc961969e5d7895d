// TanStack AI's adapter of Sora's videos, with no other change than address and key.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const { GATEWAY_URL: url, GATEWAY_KEY: key, PICTURE: picture, NODE_CLIENTS: clients } = process.env;
const of = (name) => import(pathToFileURL(path.join(clients, "node_modules/@tanstack", name, "dist/esm/index.js")).href);
const { generateVideo, getVideoJobStatus } = await of("ai");
const { createOpenaiVideo } = await of("ai-openai");
const adapter = createOpenaiVideo("sora-2", key, { baseURL: `${url}/v1` });

const seen = [];
for await (const event of generateVideo({
  adapter,
  prompt: "a cat on a wall",
  size: "1280x720",
  duration: 8,
  stream: true,
  pollingInterval: 200,
})) {
  seen.push([event.type, event.name, event.value ?? event.message]);
}
const first = { type: "data", value: fs.readFileSync(picture).toString("base64"), mimeType: "image/png" };
const { jobId } = await generateVideo({
  adapter,
  prompt: [
    { type: "text", content: "it runs" },
    { type: "image", source: first },
  ],
  size: "1280x720",
});
const asked = await getVideoJobStatus({ adapter, jobId });
const missing = await getVideoJobStatus({ adapter, jobId: "video_none" });
const wrong = await generateVideo({ adapter, prompt: "" }).catch((error) => [error.status, error.param]);
process.stdout.write(`\n${JSON.stringify({ seen, jobId, asked, missing, wrong })}\n`);
