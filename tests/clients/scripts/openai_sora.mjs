// OpenAI's client for Node as a program of Sora's calls it: nothing but address and key is another's.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const home = createRequire(path.join(process.env.NODE_CLIENTS, "package.json"));
const { default: OpenAI, toFile, VERSION } = await import(pathToFileURL(home.resolve("openai")).href).then((found) => ({
  ...found,
  default: found.default?.OpenAI ?? found.default,
}));
const { GATEWAY_URL: url, GATEWAY_KEY: key, PICTURE: picture } = process.env;
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key });
const { videos } = client;

async function ended(video) {
  while (video.status === "queued" || video.status === "in_progress") {
    await new Promise((wake) => setTimeout(wake, 200));
    video = await videos.retrieve(video.id);
  }
  return video;
}

async function refused(call) {
  try {
    await call();
  } catch (error) {
    return { class: error.constructor.name, status: error.status, param: error.param };
  }
  throw new Error("it was not refused");
}

const source = await ended(await videos.create({ model: "animatic", prompt: "a cat", seconds: "1", size: "1280x720" }));
const film = Buffer.from(await (await videos.downloadContent(source.id)).arrayBuffer());
const sheet = Buffer.from(await (await videos.downloadContent(source.id, { variant: "spritesheet" })).arrayBuffer());
const clip = () => toFile(film, "clip.mp4", { type: "video/mp4" });

const plain = await videos.create({ prompt: "a cat on a wall" });
const asked = await videos.create({ model: "sora-2-pro", prompt: "a cat", seconds: "12", size: "1920x1080" });
const first = fs.createReadStream(picture);
const pictured = await videos.create({ model: "animatic", prompt: "a cat", seconds: "4", input_reference: first });
const remixed = await videos.remix(source.id, { prompt: "it snows" });
const edited = await videos.edit({ prompt: "it snows", video: await clip() });
const extended = await videos.extend({ prompt: "it jumps", seconds: "4", video: await clip() });
const tom = await videos.createCharacter({ name: "Tom", video: await clip() });
const made = [plain, asked, pictured, remixed, edited, extended];
const listed = [];
for await (const one of videos.list({ limit: 4 })) {
  listed.push(one.id);
}
const deleted = [];
for (const one of made) {
  deleted.push((await videos.delete(one.id)).deleted);
}
const body = { model: "animatic", prompt: "a cat", seconds: "1", size: "1280x720" };
const line = JSON.stringify({ custom_id: "cat", method: "POST", url: "/v1/videos", body });
const file = await client.files.create({ file: await toFile(Buffer.from(line), "orders.jsonl"), purpose: "batch" });
const order = { input_file_id: file.id, endpoint: "/v1/videos", completion_window: "24h" };
const batch = await client.batches.create(order);

const told = {
  version: VERSION ?? "",
  source,
  film: film.subarray(4, 8).toString(),
  sheet: sheet.subarray(0, 3).toString("hex"),
  made: made.map(({ model, seconds, size, status }) => [model, seconds, size, status]),
  from: [remixed.remixed_from_video_id === source.id, (await videos.getCharacter(tom.id)).id === tom.id],
  listed: made.every(({ id }) => listed.includes(id)) && listed.includes(source.id),
  deleted,
  batch: [batch.status, (await client.batches.retrieve(batch.id)).request_counts.total],
  refusals: {
    seconds: await refused(() => videos.create({ prompt: "x", seconds: "5" })),
    size: await refused(() => videos.create({ prompt: "x", size: "1792x1024" })),
    picture: await refused(() => videos.create({ prompt: "x", input_reference: fs.createReadStream(picture) })),
    missing: await refused(() => videos.retrieve("video_0")),
  },
};
console.log(JSON.stringify(told));
