// The TypeScript client at a server whose every answer is another program's: prints what each call throws.
const { REELGATE, MODELS } = process.env;
const { Reelgate } = await import(REELGATE);
const client = new Reelgate(undefined, { retrySeconds: 20 });
const { webhooks, files } = client;

async function thrown(call) {
  try {
    await call();
  } catch ({ name, message }) {
    return `${name}: ${message}`;
  }
  return "nothing";
}

async function first(many) {
  return (await many.next()).value;
}

const order = { model: "animatic" };
const calls = [
  () => client.balance(), () => client.models(), () => client.usage(), () => client.preview("x", order),
  () => client.quote("x", order), () => client.model("m"), () => client.generate("x", order), () => client.get("task_1"),
  () => client.wait("task_1"), () => client.cancel("task_1"), () => client.delete("task_1"), () => first(client.tasks()),
  () => webhooks.create("https://example.com/"), () => webhooks.all(), () => webhooks.get("wh_1"),
  () => webhooks.update("wh_1", { note: "" }), () => webhooks.delete("wh_1"), () => webhooks.rotate("wh_1"),
  () => webhooks.test("wh_1"), () => first(webhooks.deliveries()), () => webhooks.delivery("dlv_1"),
  () => webhooks.replay("dlv_1"), () => webhooks.replayFailed("wh_1"), () => files.upload(new Uint8Array(1)),
  () => files.upload(new Uint8Array(8 * 1024 * 1024 + 1)), () => files.get("file_1"), () => files.delete("file_1"),
];
for (const [dialect, model] of Object.entries(JSON.parse(MODELS))) {
  const seller = new Reelgate(undefined, { dialect });
  calls.push(() => seller.generate("x", { model }), () => seller.get("task_1"));
}
const found = [];
for (const call of calls) {
  found.push(await thrown(call));
}
console.log(JSON.stringify(found));
