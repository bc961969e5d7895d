// What every page does with a script: keys of the keyboard, pages that follow their tasks, films under the pointer, undo.

const UNDO_MS = 6000;
const LOOK_AGAIN_MS = 1500;
const BEGIN_AGAIN_MS = 3000;
const SENT_MS = 3000;
const STATES = ["queued", "submitting", "unknown", "running", "collecting", "succeeded", "failed", "cancelled", "expired"];
const ENDS = STATES.slice(5);

const PLACES = {
  s: "/console", t: "/console/tasks", m: "/console/models", u: "/console/usage", w: "/console/webhooks", k: "/console/projects",
  p: "/console/providers", a: "/console/audit",
};

document.documentElement.classList.add("scripted");

for (const shown of document.querySelectorAll("[data-live]")) (shown.id === "card" ? followTask : followTasks)(shown);
document.querySelector(".rail nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

let going = false;
document.addEventListener("keydown", onKey);
for (const name of ["pointerover", "focusin"]) document.addEventListener(name, play);
for (const name of ["pointerout", "focusout"]) document.addEventListener(name, still);
document.addEventListener("change", onChange);
document.addEventListener("submit", onSubmit);
document.addEventListener("click", onClick);
addEventListener("pageshow", (event) => event.persisted && location.reload()); // what a browser kept is past

// Follows a stream of tasks. While the line is down the page says so; it begins again also where a browser gives up.
function listen(address, names, moved, opened) {
  let broken = 0;
  const sign = document.getElementById("live");
  const begin = () => {
    const source = new EventSource(address);
    source.onopen = () => {
      broken = 0;
      if (sign) sign.hidden = false;
      tell("");
      opened?.();
    };
    source.onerror = async () => {
      broken += 1;
      if (sign) sign.hidden = true;
      const given = source.readyState === EventSource.CLOSED;
      if (given) setTimeout(begin, BEGIN_AGAIN_MS * Math.min(broken, 10));
      if (given || broken > 1) tell((await gone()) ? "ended" : "line");
    };
    for (const name of names) source.addEventListener(`task.${name}`, (event) => moved(JSON.parse(event.data), event.type, source));
  };
  begin();
}

// Says once how the line is; "" for a good one.
function tell(why) {
  const line = document.getElementById("line");
  if ((line.dataset.why ?? "") === why) return;
  line.dataset.why = why;
  const told = document.getElementById("trouble").content.querySelector(`[data-why="${why}"]`)?.cloneNode(true);
  told?.querySelector("button")?.remove(); // it goes on by itself
  line.replaceChildren(...(told ? [told] : []));
}

function here() {
  return location.pathname.replace(/\/chosen$/, "") + location.search;
}

// Tells whether the session has ended.
async function gone() {
  const answer = await fetch(here()).catch(() => null);
  return answer?.redirected ?? false;
}

async function read(address) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const text = await answer.text().catch(() => null);
  return text === null ? null : new DOMParser().parseFromString(text, "text/html");
}

function followTasks(list) {
  const reads = new Map();
  const box = (id) => list.querySelector(`[data-task="${CSS.escape(id)}"]`);
  const renew = (fresh) => {
    const former = fresh && box(fresh.dataset.task);
    if (!former || former.dataset.state === fresh.dataset.state) return;
    const chosen = former.querySelector("input")?.checked;
    const held = former.contains(document.activeElement) && (document.activeElement.matches("input") ? "input" : ".tile, .tile-link");
    fresh.classList.toggle("going", former.classList.contains("going"));
    former.replaceWith(fresh);
    if (chosen) fresh.querySelector("input").checked = true;
    if (held) fresh.querySelector(held)?.focus();
  };
  const look = async (id) => {
    const mine = (reads.get(id) ?? 0) + 1;
    reads.set(id, mine);
    const view = list.dataset.view ? `?view=${list.dataset.view}` : "";
    const page = await read(`${list.dataset.tile ?? "/console/tasks/"}${encodeURIComponent(id)}/tile${view}`);
    if (page && reads.get(id) === mine) renew(page.querySelector("[data-task]"));
  };
  // Reads the page again: what moved unheard is shown, the counts are renewed, new tasks offered; nothing jumps.
  const catchUp = async () => {
    const page = await read(here());
    if (!page) return;
    const seen = new Set();
    for (const fresh of page.querySelectorAll("[data-live] [data-task]")) {
      seen.add(fresh.dataset.task);
      renew(fresh.cloneNode(true));
    }
    for (const one of list.querySelectorAll("[data-task]")) if (!seen.has(one.dataset.task) && !ENDS.includes(one.dataset.state)) look(one.dataset.task);
    const [pills, fresh] = [document.getElementById("pills"), page.getElementById("pills")];
    if (fresh && !pills?.contains(document.activeElement)) pills?.replaceWith(fresh);
    const news = document.getElementById("news");
    const newest = page.querySelector("[data-live] [data-task]")?.dataset.task;
    if (news && newest) news.hidden = box(newest) !== null;
  };
  let again = 0;
  const moved = (task) => {
    clearTimeout(again);
    if (document.getElementById("pills")) again = setTimeout(catchUp, LOOK_AGAIN_MS);
    if (box(task.id) && box(task.id).dataset.state !== task.state) look(task.id);
  };
  listen(list.dataset.live, STATES, moved, catchUp);
}

// A task's card: progress as it comes, the rest read again at each move; the page once the task has ended.
function followTask(card) {
  let most = 0;
  const moved = async (task, type, source) => {
    most = Math.max(most, task.progress);
    const [bar, percent] = [card.querySelector("progress"), card.querySelector("[data-percent]")];
    if (bar) bar.value = most;
    if (percent) percent.textContent = `${most} %`;
    if (type === "task.progress") return;
    const fresh = (await read(`/console/tasks/${encodeURIComponent(task.id)}/card`))?.getElementById("card");
    if (!fresh) return; // the stream tells it again when it is back
    if (task.finished_at) {
      source.close();
      return location.reload(); // facts and cost beside the card are final now
    }
    for (const part of [".state", ".waiting"]) {
      const piece = fresh.querySelector(part);
      if (piece) card.querySelector(part)?.replaceWith(piece);
    }
  };
  listen(card.dataset.live, ["progress", ...STATES], moved);
}

function play(event) {
  const tile = event.target.closest?.(".tile[data-film]");
  if (!tile || tile.querySelector("video") || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const film = Object.assign(document.createElement("video"), { muted: true, loop: true, playsInline: true, src: tile.dataset.film });
  film.tabIndex = -1;
  tile.querySelector(".picture").append(film);
  film.play().catch(() => film.remove()); // it was left before it began
}

function still(event) {
  const tile = event.target.closest?.(".tile[data-film]");
  if (tile && !tile.contains(event.relatedTarget)) tile.querySelector("video")?.remove();
}

// Sends what was chosen a few seconds later, so that it can be undone until then; on leaving the page it is sent.
function sendLater(form, button) {
  const boxes = [...document.querySelectorAll("[data-live] [data-task]")].filter((box) => box.querySelector("input:checked"));
  if (!boxes.length) return;
  if (document.getElementById("line").dataset.why === "away") tell("");
  const body = new FormData(form, button);
  for (const box of boxes) box.classList.add("going");
  const bar = Object.assign(document.createElement("p"), { className: "undo" });
  const told = Object.assign(document.createElement("span"), { id: "undo", textContent: `${button.dataset.told}: ${boxes.length}` });
  const undo = Object.assign(document.createElement("button"), { className: "button small", type: "button", textContent: form.dataset.undo });
  undo.setAttribute("aria-describedby", told.id); // the focus reads it aloud
  bar.append(told, undo);
  document.body.append(bar);
  undo.focus();
  const end = () => {
    clearTimeout(timer);
    removeEventListener("pagehide", leave);
    if (bar.contains(document.activeElement)) button.focus();
    bar.remove();
  };
  const leave = () => {
    end();
    navigator.sendBeacon(form.action, body);
  };
  const keep = () => {
    end();
    for (const box of document.querySelectorAll(".going")) box.classList.remove("going");
  };
  const timer = setTimeout(async () => {
    if (!(await read(here()))) {
      keep(); // they stay chosen
      return tell((await gone()) ? "ended" : "away");
    }
    end();
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "do", value: button.value }));
    form.submit();
  }, UNDO_MS);
  addEventListener("pagehide", leave);
  undo.addEventListener("click", keep);
}

function count() {
  const some = document.querySelector("[data-task] input:checked") !== null;
  document.getElementById("chosen").classList.toggle("some", some);
  document.querySelector("[data-live]").classList.toggle("some", some);
}

function onKey(event) {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "Escape" && typing) return typing.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (going) {
    going = false;
    const link = PLACES[event.key] && document.querySelector(`nav a[href="${PLACES[event.key]}"]`);
    if (link) return link.click();
  }
  if (event.key === "g") return void (going = true);
  if (event.key === "?") return document.getElementById("keys")?.showModal();
  if (event.key === "n") return location.assign("/console");
  if (event.key === "t") return location.assign("/console/tasks");
  if (event.key === "/") {
    const field = document.querySelector("input[type=search]");
    if (field) event.preventDefault();
    return field?.focus();
  }
  if (event.key !== "j" && event.key !== "k") return;
  const tiles = [...document.querySelectorAll(".tile, .tile-link")];
  const at = tiles.indexOf(document.activeElement);
  tiles[Math.min(tiles.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))]?.focus();
}

function onChange(event) {
  if (event.target.matches("[data-all]")) for (const box of document.querySelectorAll("[data-task] input")) box.checked = event.target.checked;
  if (event.target.form?.id === "chosen") count();
  event.target.closest("form[data-auto]")?.requestSubmit(); // a choice needs no button
}

function onSubmit(event) {
  if (event.target.dataset.undo) {
    event.preventDefault();
    return sendLater(event.target, event.submitter);
  }
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent || (form.dataset.confirm && !confirm(form.dataset.confirm))) return event.preventDefault();
  form.dataset.sent = "yes"; // a second click sends nothing
  setTimeout(() => delete form.dataset.sent, SENT_MS);
}

async function onClick(event) {
  const button = event.target.closest("[data-copy]");
  if (event.target.closest("[data-print]")) print();
  if (button) await navigator.clipboard?.writeText(document.getElementById(button.dataset.copy).textContent);
}
