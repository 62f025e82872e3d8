// Works the example out anew while somebody types. Without this file a button does it.
const form = document.querySelector("[data-eh-example]");
const shown = document.getElementById("example");
let waiting = 0;
let asked = null;

async function work() {
  asked?.abort();
  asked = new AbortController();
  const said = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name !== "csrfmiddlewaretoken" && name !== "revision" && typeof value === "string") said.append(name, value);
  }
  try {
    const answer = await fetch(`${form.dataset.ehExample}?${said}`, {
      signal: asked.signal,
      headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    shown.replaceChildren(...fresh.body.childNodes);
  } catch (error) {
    if (error.name !== "AbortError") shown.textContent = "The example cannot be worked out now. Use the button below.";
  }
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(work, 300);
}

form.addEventListener("input", later);
form.addEventListener("change", later);
