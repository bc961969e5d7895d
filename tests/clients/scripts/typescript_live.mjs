// The TypeScript client against a live gateway: prints what came of each call, for the test to judge.
import { createHash } from "node:crypto";
import fs from "node:fs";

const { REELGATE, PICTURE, FOLDER, MESSAGE, BUSY_URL } = process.env;
const { Reelgate, verifyWebhook } = await import(REELGATE);
const client = new Reelgate(); // address and key are the environment's
const order = { model: "animatic", duration: 1 };

async function thrown(call) {
  try {
    await call();
  } catch (error) {
    return { name: error.name, status: error.status, code: error.code, field: error.field, isError: error instanceof Error };
  }
  throw new Error("nothing was thrown");
}

async function all(items) {
  const found = [];
  for await (const one of items) {
    found.push(one);
  }
  return found;
}

const price = (await client.quote("a lighthouse", order)).price.amount_micros;
const task = await client.generate("a lighthouse", { ...order, name: "row-17" });
const again = await client.generate("a lighthouse", { ...order, name: "row-17" });
const events = (await all(task.events())).map(({ name }) => name);
const film = `${FOLDER}/film.mp4`;
await task.save(film);
const whole = fs.readFileSync(film);
const sha256 = createHash("sha256").update(whole).digest("hex");

// A download that broke off goes on; one that is damaged is fetched anew.
const resumed = `${FOLDER}/resumed.mp4`;
fs.writeFileSync(`${resumed}.part`, whole.subarray(0, 1000));
fs.writeFileSync(`${resumed}.part.etag`, `"${sha256}"`);
await task.save(resumed);
const damaged = `${FOLDER}/damaged.mp4`;
fs.writeFileSync(`${damaged}.part`, Buffer.alloc(1000));
fs.writeFileSync(`${damaged}.part.etag`, `"${sha256}"`);
await task.save(damaged);
const same = [resumed, damaged].map((path) => fs.readFileSync(path).equals(whole));
const blob = await task.blob();

const kept = await client.files.upload(PICTURE);
const pictures = [PICTURE, fs.readFileSync(PICTURE), new Blob([fs.readFileSync(PICTURE)]), kept.url];
const modes = [];
for (const image of pictures) {
  const made = await client.generate("it snows", { ...order, image });
  modes.push(made.raw.mode);
  await made.cancel().catch(() => undefined); // it may have ended
}
const called = await new Reelgate(BUSY_URL).generate("a queue of cars", order); // which does not end there
const late = await thrown(() => called.wait({ timeout: 0.05 }));
await called.cancel();
const { body, headers, secret, publicKey } = JSON.parse(MESSAGE);
const hook = await client.webhooks.create("https://shop.example/hook", { events: ["task.succeeded"], note: "TS" });

const told = {
  price: [price, task.chargedMicros, task.raw.price.amount_micros],
  again: [again.id === task.id, task.replayed, again.replayed],
  events,
  file: [sha256 === (await fetch(task.resultUrl)).headers.get("etag")?.replaceAll('"', ""), whole.length === task.raw.bytes],
  same,
  blob: blob.size === whole.length,
  modes,
  listed: (await all(client.tasks({ model: "animatic" }))).some(({ id }) => id === task.id),
  model: (await client.model("animatic")).id,
  models: (await client.models()).length,
  balance: (await client.balance()).object,
  usage: (await client.usage({ group_by: "model" })).object,
  preview: (await client.preview("a fox", { ...order, inline: true })).accepted,
  timeline: (await task.timeline()).data.length,
  verified: [(await verifyWebhook(body, headers, secret)).type, (await verifyWebhook(body, headers, publicKey)).type],
  hooks: [hook.secret.startsWith("whsec_"), (await client.webhooks.all()).length, (await client.webhooks.update(hook.id, { enabled: false })).enabled],
  deliveries: (await all(client.webhooks.deliveries())).length,
  refusals: {
    field: await thrown(() => client.generate("x", { ...order, duration: 9999 })),
    key: await thrown(() => new Reelgate(undefined, { key: "sk-wrong" }).balance()),
    missing: await thrown(() => client.get("task_0")),
    ended: await thrown(() => task.cancel()),
    cancelled: await thrown(() => called.wait()),
    late,
    nobody: await thrown(() => new Reelgate("http://127.0.0.1:9", { retrySeconds: 0.1 }).balance()),
    signature: await thrown(() => verifyWebhook(`${body} `, headers, secret)),
    old: await thrown(() => verifyWebhook(body, headers, secret, { tolerance: -1 })),
  },
};
await client.webhooks.delete(hook.id);
await task.delete();
console.log(JSON.stringify({ ...told, deleted: await thrown(() => client.get(task.id)) }));
