// The TypeScript client on a bad line: answers that are lost, refusals that pass, streams that break.
const { Reelgate } = await import(process.env.REELGATE);
const client = new Reelgate(undefined, { retrySeconds: 20 });
const task = await client.generate("a lighthouse", { model: "animatic" });
const events = [];
await task.wait({ onProgress: ({ state, progress }) => events.push([state, progress]) });
const once = await client.webhooks.test("wh_1").catch((error) => error.name);
const hasty = new Reelgate(undefined, { retrySeconds: 0 });
const lost = await hasty.generate("a lighthouse", { model: "animatic" }).catch((error) => error.name);
await hasty.generate("a lighthouse", { model: "animatic" });
await hasty.generate("a lighthouse", { model: "animatic" });
const cut = await hasty.generate("a lighthouse", { model: "animatic" }).catch((error) => error.name);
await hasty.generate("a lighthouse", { model: "animatic" });
const names = [];
for (const name of ["../../admin?x=/#", "", ".", ".."]) {
  for (const call of [hasty.get, hasty.cancel, hasty.delete, hasty.model]) {
    names.push(await call.call(hasty, name).catch((error) => error.name));
  }
}
console.log(JSON.stringify({ events, once, lost, cut, names }));
