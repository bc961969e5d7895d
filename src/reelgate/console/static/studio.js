// The storyboard and the price follow the typing; which fields count follows the model and the inputs.

const TYPING_MS = 350;

followTyping(document.getElementById("studio"));

function followTyping(form) {
  let timer = 0;
  let asking = new AbortController();
  const draw = async () => {
    const inputs = [...form.querySelectorAll(".input input")];
    if (!form.elements.prompt.value.trim() && !inputs.some((input) => input.value)) return;
    asking.abort();
    asking = new AbortController();
    const pane = document.getElementById("preview");
    pane.setAttribute("aria-busy", "true");
    code();
    try {
      const page = await ask(form, "preview", asking.signal);
      if (page) pane.replaceChildren(...page.body.childNodes);
      refuseAtFields(form);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      return;
    }
    pane.removeAttribute("aria-busy");
  };
  const code = async () => {
    const page = await ask(form, "forms");
    const fresh = page?.getElementById("forms");
    const held = document.activeElement.closest("#forms") && document.activeElement.name;
    if (fresh) document.getElementById("forms").replaceWith(fresh);
    if (held) document.querySelector(`#forms [name="${held}"]`)?.focus();
  };
  document.addEventListener("change", (event) => event.target.closest("#forms") && code());
  const soon = () => {
    for (const button of document.querySelectorAll("#preview .pay button")) button.disabled = true; // that price is past
    clearTimeout(timer);
    timer = setTimeout(draw, TYPING_MS);
  };
  let had = given(form).join();
  const settle = async (...parts) => {
    const page = await ask(form, "fields");
    for (const part of parts) {
      const fresh = page?.getElementById(part);
      const former = document.getElementById(part);
      if (fresh && former?.open && "open" in fresh) fresh.open = true;
      for (const input of fresh?.querySelectorAll("input[type=file]") ?? []) {
        const chosen = former.querySelector(`[name="${input.name}"]`);
        if (chosen?.files.length) input.files = chosen.files;
      }
      if (fresh) former.replaceWith(fresh);
    }
    soon();
  };
  form.addEventListener("input", () => {
    soon();
    if (had !== (had = given(form).join())) settle("fields"); // an input more or less: other fields count now
  });
  form.elements.model.addEventListener("change", () => settle("fields", "inputs"));
  const take = (event, files) => {
    const taken = [...files].filter((file) => put(form, file));
    if (taken.length) event.preventDefault();
  };
  addEventListener("paste", (event) => take(event, event.clipboardData.files));
  addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  addEventListener("drop", (event) => take(event, event.dataTransfer.files));
  draw();
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

async function ask(form, only, signal) {
  const body = new FormData(form);
  body.set("only", only);
  for (const name of only === "preview" ? [] : given(form)) {
    body.delete(name); // that it is there is enough
    body.append("has", name);
  }
  const answer = await fetch("/console/preview", { method: "POST", body, signal });
  if (answer.redirected) location.assign(answer.url); // the session has ended
  return answer.redirected ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
}
