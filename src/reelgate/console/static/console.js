// The pages work without this; with it the storyboard follows the typing and a task's card follows the task.

const TYPING_MS = 350;
const STATES = ["queued", "submitting", "unknown", "running", "collecting", "succeeded", "failed", "cancelled", "expired"];

const PLACES = {
  s: "/console", t: "/console/tasks", m: "/console/models", u: "/console/usage", w: "/console/webhooks", k: "/console/projects",
  p: "/console/providers", a: "/console/audit",
};

document.documentElement.classList.add("scripted");

const studio = document.getElementById("studio");
if (studio) followTyping(studio);
const card = document.getElementById("card");
if (card) followTask(card);
document.querySelector(".rail nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

let going = false;
document.addEventListener("keydown", onKey);
document.addEventListener("change", onChange);
document.addEventListener("submit", onSubmit);
document.addEventListener("click", onClick);

function followTyping(form) {
  let timer = 0;
  let asking = new AbortController();
  const draw = async () => {
    if (!form.elements.prompt.value.trim() && !form.elements.image?.value) return;
    asking.abort();
    asking = new AbortController();
    const pane = document.getElementById("preview");
    pane.setAttribute("aria-busy", "true");
    try {
      const page = await ask(form, "preview", asking.signal);
      if (page) pane.replaceChildren(...page.body.childNodes);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      return;
    }
    pane.removeAttribute("aria-busy");
  };
  const soon = () => {
    for (const button of document.querySelectorAll("#preview .pay button")) button.disabled = true; // that price is past
    clearTimeout(timer);
    timer = setTimeout(draw, TYPING_MS);
  };
  form.addEventListener("input", soon);
  form.elements.model.addEventListener("change", async () => {
    const page = await ask(form, "fields");
    const fresh = page?.getElementById("fields");
    if (fresh) document.getElementById("fields").replaceWith(fresh);
    soon();
  });
  if (form.elements.prompt.value) draw();
}

async function ask(form, only, signal) {
  const body = new FormData(form);
  body.set("only", only);
  const answer = await fetch("/console/preview", { method: "POST", body, signal });
  if (answer.redirected) location.assign(answer.url); // the session has ended
  return answer.redirected ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
}

function followTask(shown) {
  if (!shown.dataset.live) return;
  const source = new EventSource(shown.dataset.live);
  let most = 0;
  const moved = (event) => {
    const task = JSON.parse(event.data);
    most = Math.max(most, task.progress);
    const bar = shown.querySelector("progress");
    const percent = shown.querySelector("[data-percent]");
    if (bar) bar.value = most;
    if (percent) percent.textContent = `${most} %`;
    if (event.type !== "task.progress") refresh(task.finished_at ? source : null);
  };
  for (const name of ["progress", ...STATES]) source.addEventListener(`task.${name}`, moved);
}

async function refresh(source) {
  source?.close();
  const shown = document.getElementById("card");
  const answer = await fetch(`/console/tasks/${encodeURIComponent(shown.dataset.task)}/card`);
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("card");
  if (source) return location.reload(); // facts and cost beside the card are final now
  shown.querySelector(".state").replaceWith(fresh.querySelector(".state"));
  const waiting = fresh.querySelector(".waiting");
  if (waiting) shown.querySelector(".waiting").replaceWith(waiting);
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
  event.target.closest("form[data-auto]")?.requestSubmit(); // a choice needs no button
}

function onSubmit(event) {
  const asked = event.target.dataset.confirm;
  if (asked && !confirm(asked)) event.preventDefault();
}

async function onClick(event) {
  const button = event.target.closest("[data-copy]");
  if (event.target.closest("[data-print]")) print();
  if (button) await navigator.clipboard?.writeText(document.getElementById(button.dataset.copy).textContent);
}
