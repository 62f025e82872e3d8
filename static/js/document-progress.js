// While a document is being made, its part of the page is fetched again; when it is done, so is the page.
const place = document.getElementById("document-progress");
const later = () => new Promise((done) => setTimeout(done, 1500));

async function follow() {
  for (;;) {
    const part = place.querySelector("[data-poll-url]");
    if (!part) return;
    await later();
    if (document.hidden) continue;
    let answer;
    try {
      answer = await fetch(part.dataset.pollUrl, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
    } catch {
      continue;
    }
    if (!answer.ok) return location.reload();
    const fresh = document.createElement("div");
    fresh.innerHTML = await answer.text();
    if (!fresh.querySelector("[data-poll-url]")) return location.reload();
    update(part, fresh);
  }
}

// Words are replaced only when they differ, so that a screen reader says each step once.
function update(part, fresh) {
  const step = part.querySelector("#document-step");
  const words = fresh.querySelector("#document-step").textContent;
  if (step.textContent !== words) step.textContent = words;
  part.querySelector("progress").value = fresh.querySelector("progress").value;
}

if (place) follow();
