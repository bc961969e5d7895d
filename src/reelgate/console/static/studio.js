// The storyboard and the price follow the typing; which fields count follows the model and the inputs.

const TYPING_MS = 350;
const PIECES = { preview: ".pay", fields: "#fields", forms: "#forms" }; // what an answer must hold to be one
const ORDER = "/console/tasks";

followTyping(document.getElementById("studio"));

function followTyping(form) {
  const pane = document.getElementById("preview");
  const asking = {};
  let [timer, ordering, failed] = [0, false, null];

  // Asks for one piece of the page; a newer question takes the place of the one before.
  const ask = (piece) => {
    asking[piece]?.abort();
    asking[piece] = new AbortController();
    if (piece === "preview") check(form);
    const body = new FormData(form);
    body.set("only", piece);
    for (const name of piece === "preview" ? [] : given(form)) {
      body.delete(name); // that it is there is enough
      body.append("has", name);
    }
    return fetched("/console/preview", { method: "POST", body, signal: asking[piece].signal }, PIECES[piece]);
  };
  // Does something with the server; where that fails, says why and offers to go on.
  const attempt = async (work, ordered = false) => {
    failed = null;
    pane.querySelector(":scope > [data-why]")?.remove();
    try {
      await work();
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!error.why) throw error;
      failed = { work, ordered };
      show(pane, error, again);
      if (ordered) pane.querySelector("[data-why] button, .pay button.main")?.focus(); // the one that was pressed is gone
    }
  };
  const again = async () => {
    const { work, ordered } = failed;
    await attempt(async () => {
      await renew(form);
      await work();
    }, ordered);
  };
  const goOn = () => failed && !failed.ordered && again(); // an order goes only where somebody presses
  for (const name of ["focus", "online"]) addEventListener(name, goOn);

  const draw = async () => {
    if (ordering) return;
    past();
    if (!form.elements.prompt.value.trim() && !given(form).length) return;
    pane.setAttribute("aria-busy", "true");
    const coded = code();
    coded.catch(() => {}); // it is waited for below
    try {
      fill(pane, (await ask("preview")).body);
      refuseAtFields(form);
      pane.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") pane.removeAttribute("aria-busy"); // else a newer one goes on
      throw error;
    }
    await coded;
  };
  const code = async () => swap(document.getElementById("forms"), (await ask("forms")).getElementById("forms"));
  document.addEventListener("change", (event) => event.target.closest("#forms") && attempt(code));
  const past = () => {
    clearTimeout(timer);
    asking.preview?.abort();
    pane.removeAttribute("aria-busy");
    for (const button of pane.querySelectorAll(".pay button")) button.disabled = true; // that price is past
  };
  const soon = () => {
    past();
    timer = setTimeout(() => attempt(draw), TYPING_MS);
  };
  let had = given(form).join();
  const due = new Set();
  const settle = (...parts) => {
    for (const part of parts) due.add(part);
    return attempt(async () => {
      past();
      const sent = new FormData(form);
      const page = await ask("fields");
      for (const part of due) swap(document.getElementById(part), page.getElementById(part), sent);
      due.clear();
      soon();
    });
  };
  form.addEventListener("input", () => {
    soon();
    if (had !== (had = given(form).join())) settle("fields"); // an input more or less: other fields count now
  });
  form.elements.model.addEventListener("change", () => settle("fields", "inputs"));

  // Orders without leaving the page before the answer: what was typed and chosen stays, and the form's number with it.
  const order = async (name, value) => {
    const body = new FormData(form);
    if (name) body.set(name, value);
    check(form);
    ordering = true;
    past();
    pane.setAttribute("aria-busy", "true");
    try {
      const page = await fetched(ORDER, { method: "POST", body }, "#studio, #card");
      if (page.getElementById("card")) return location.assign(`${ORDER}/${page.getElementById("card").dataset.task}`);
      ordering = false;
      form.elements.once.value = page.querySelector("#studio [name=once]").value;
      await draw();
      throw trouble("refused", page.querySelector(".refusal")?.textContent);
    } catch (error) {
      ordering = false;
      pane.removeAttribute("aria-busy");
      throw error;
    }
  };
  form.addEventListener("submit", (event) => {
    const address = event.submitter?.getAttribute("formaction");
    if (address && address !== ORDER) return;
    event.preventDefault();
    const { name, value } = event.submitter ?? {};
    if (!address) attempt(draw);
    else if (!ordering) attempt(() => order(name, value), true);
  });
  const take = (event, files) => {
    const taken = [...files].filter((file) => put(form, file));
    if (taken.length) event.preventDefault();
  };
  addEventListener("paste", (event) => take(event, event.clipboardData.files));
  addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  addEventListener("drop", (event) => take(event, event.dataTransfer.files));
  const filled = () => [form.elements.prompt, form.elements.model, ...form.querySelectorAll(".input input")].map((one) => one.value).join();
  let seen = filled();
  const look = () => seen !== (seen = filled()) && settle("fields", "inputs");
  const back = performance.getEntriesByType("navigation")[0]?.type !== "navigate"; // a browser fills in what was there
  if (back) addEventListener("pageshow", () => (look(), setTimeout(look, TYPING_MS)));
  attempt(draw);
}

function trouble(why, words, more = "") {
  return Object.assign(new Error(why), { why, words, more });
}

// Returns the page that answers; what holds no `wanted` is a refusal, the door, or came from something in between.
async function fetched(address, how, wanted) {
  let [answer, text] = [];
  try {
    answer = await fetch(address, how);
    text = await answer.text();
  } catch (error) {
    throw error.name === "AbortError" ? error : trouble("away");
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  if (page.querySelector(wanted)) return page;
  if (page.getElementById("key")) throw trouble("ended");
  throw trouble("odd", page.getElementById("problem")?.textContent, ` (${answer.status})`);
}

// Says in the pane what went wrong, aloud too, with a button to try again.
function show(pane, error, again) {
  pane.querySelector(":scope > [data-why]")?.remove();
  const told = document.getElementById("trouble").content.querySelector(`[data-why=${error.why}]`).cloneNode(true);
  if (error.words) told.querySelector("span").textContent = error.words;
  else told.querySelector("span").append(error.more);
  told.querySelector("button")?.addEventListener("click", again);
  pane.prepend(told);
  say(told.querySelector("span").textContent);
}

// Files that the server would refuse are not sent to it at all.
function check(form) {
  const sizes = [...form.querySelectorAll("input[type=file]")].flatMap((one) => [...one.files].map((file) => file.size));
  if (sizes.reduce((all, one) => all + one, 0) > form.dataset.most) throw trouble("refused", form.dataset.large);
}

function say(words) {
  document.getElementById("told").textContent = words;
}

// Takes the token of the session that there is now.
async function renew(form) {
  const page = await fetched("/console", {}, "[name=token]");
  for (const input of document.querySelectorAll("[name=token]")) input.value = page.querySelector("[name=token]").value;
  document.querySelector(".rail").replaceWith(page.querySelector(".rail"));
}

function fill(pane, page) {
  const held = pane.contains(document.activeElement);
  pane.replaceChildren(...page.childNodes);
  if (held) (pane.querySelector(".button.main:enabled") ?? pane).focus();
  say([...pane.querySelectorAll(".hint, .refusal, .price")].map((one) => one.innerText).join(". "));
}

// Puts a new piece in the place of an old one; what was typed or chosen meanwhile stays, and so does the focus.
function swap(former, fresh, sent) {
  for (const input of fresh.querySelectorAll("[name]")) {
    const was = former.querySelector(`[name="${input.name}"]`);
    const [own, changed] = [input.value, was && sent && was.value !== sent.get(input.name)];
    if (input.type === "file") input.files = was?.files ?? input.files;
    else if (changed) input.value = was.value;
    if (input.selectedIndex === -1) input.value = own; // that is not offered any more
  }
  if (former.open) fresh.open = true;
  const held = former.contains(document.activeElement) && document.activeElement.name;
  former.replaceWith(fresh);
  if (held) fresh.querySelector(`[name="${held}"]`)?.focus();
}

// Says what the preview refuses once more at its field, where the form has one.
function refuseAtFields(form) {
  for (const former of form.querySelectorAll(".refusal[data-field]")) former.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  for (const refusal of document.querySelectorAll("#preview .refusal[data-field]")) {
    const name = refusal.dataset.field.split(/[[.]/)[0];
    const input = name && form.querySelector(`.field #${CSS.escape(name)}`);
    if (!input) continue;
    const said = refusal.cloneNode(true);
    said.removeAttribute("role"); // the pane has said it aloud
    said.id = `wrong-${name}`;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", said.id);
    input.closest(".field").append(said);
    input.closest("details")?.setAttribute("open", "");
  }
}

// Puts a file that was dropped or pasted into the first field of its kind that has room.
function put(form, file) {
  const fields = [...form.querySelectorAll(`.input[data-kind="${CSS.escape(file.type.split("/")[0])}"] input[type=file]`)];
  const field = fields.find((one) => one.multiple || !one.files.length) ?? fields[0];
  if (!field) return false;
  field.closest("details.inputs").open = true;
  const files = new DataTransfer();
  for (const one of field.multiple ? field.files : []) files.items.add(one);
  files.items.add(file);
  field.files = files.files;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

// Names the inputs of which there is something.
function given(form) {
  return [...form.querySelectorAll(".input")].filter((box) => [...box.querySelectorAll("input")].some((one) => one.value)).map((box) => box.querySelector("input").name);
}
