// What every page does with a script: keys of the keyboard, lists that follow their tasks, films under the pointer, undo.

const UNDO_MS = 6000;
const LOOK_AGAIN_MS = 1500;
const STATES = ["queued", "submitting", "unknown", "running", "collecting", "succeeded", "failed", "cancelled", "expired"];

const PLACES = {
  s: "/console", t: "/console/tasks", m: "/console/models", u: "/console/usage", w: "/console/webhooks", k: "/console/projects",
  p: "/console/providers", a: "/console/audit",
};

document.documentElement.classList.add("scripted");

for (const list of document.querySelectorAll("[data-live]:not(#card)")) followTasks(list);
document.querySelector(".rail nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

let going = false;
document.addEventListener("keydown", onKey);
for (const name of ["pointerover", "focusin"]) document.addEventListener(name, play);
for (const name of ["pointerout", "focusout"]) document.addEventListener(name, still);
document.addEventListener("change", onChange);
document.addEventListener("submit", onSubmit);
document.addEventListener("click", onClick);

function followTasks(list) {
  const source = new EventSource(list.dataset.live);
  const sign = document.getElementById("live");
  if (sign) source.onopen = source.onerror = () => (sign.hidden = source.readyState !== EventSource.OPEN);
  const moved = async (event) => {
    const task = JSON.parse(event.data);
    if (sign) lookAgain(list);
    const box = list.querySelector(`[data-task="${CSS.escape(task.id)}"]`);
    if (!box || box.dataset.state === task.state) return;
    box.dataset.state = task.state;
    const view = list.dataset.view ? `?view=${list.dataset.view}` : "";
    const page = await read(`${list.dataset.tile ?? "/console/tasks/"}${encodeURIComponent(task.id)}/tile${view}`);
    const fresh = page?.querySelector("[data-task]");
    if (!fresh) return;
    const chosen = box.querySelector("input")?.checked;
    const held = box.contains(document.activeElement);
    box.replaceWith(fresh);
    if (chosen) fresh.querySelector("input").checked = true;
    if (held) fresh.querySelector(".tile, .tile-link")?.focus();
  };
  for (const name of STATES) source.addEventListener(`task.${name}`, moved);
}

// Reads the page again a moment after something moved: the counts are renewed, new tasks offered; nothing jumps.
let again = 0;
function lookAgain(list) {
  clearTimeout(again);
  again = setTimeout(async () => {
    const page = await read(location.pathname.replace(/\/chosen$/, "") + location.search);
    const pills = page?.getElementById("pills");
    const held = document.getElementById("pills").contains(document.activeElement);
    if (pills && !held) document.getElementById("pills").replaceWith(pills);
    const newest = page?.querySelector("[data-live] [data-task]")?.dataset.task;
    const news = document.getElementById("news");
    if (news && newest) news.hidden = list.querySelector(`[data-task="${CSS.escape(newest)}"]`) !== null;
  }, LOOK_AGAIN_MS);
}

async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
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
  const body = new FormData(form, button);
  for (const box of boxes) box.classList.add("going");
  const bar = Object.assign(document.createElement("p"), { className: "undo", textContent: `${button.dataset.told}: ${boxes.length}` });
  bar.setAttribute("role", "status");
  const undo = Object.assign(document.createElement("button"), { className: "button small", type: "button", textContent: form.dataset.undo });
  bar.append(undo);
  document.body.append(bar);
  undo.focus();
  const beacon = () => navigator.sendBeacon(form.action, body);
  const end = () => {
    clearTimeout(timer);
    removeEventListener("pagehide", beacon);
    bar.remove();
  };
  const timer = setTimeout(() => {
    end();
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "do", value: button.value }));
    form.submit();
  }, UNDO_MS);
  addEventListener("pagehide", beacon);
  undo.addEventListener("click", () => {
    end();
    for (const box of boxes) box.classList.remove("going");
  });
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
  const asked = event.target.dataset.confirm;
  if (asked && !confirm(asked)) event.preventDefault();
}

async function onClick(event) {
  const button = event.target.closest("[data-copy]");
  if (event.target.closest("[data-print]")) print();
  if (button) await navigator.clipboard?.writeText(document.getElementById(button.dataset.copy).textContent);
}
