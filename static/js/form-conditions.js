// Shows a question only while the answer that it hangs on is given. Without this file every question shows, each with
// the words of its condition. Hidden questions keep what was typed, and the server does not ask for them.
const blocks = [...document.querySelectorAll("[data-eh-when]")];

function isGiven(name, value) {
  return [...document.getElementsByName(name)].some((input) => {
    if (input.closest("[data-eh-when][hidden]")) return false;
    const counts = input.type === "radio" || input.type === "checkbox" ? input.checked : true;
    return counts && input.value.trim() === value;
  });
}

// In page order, so that a question behind a hidden one is hidden too.
function refresh() {
  for (const block of blocks) {
    block.hidden = !isGiven(block.dataset.ehWhen, block.dataset.ehIs);
  }
}

for (const words of document.querySelectorAll(".eh-when")) words.hidden = true;
document.addEventListener("change", refresh);
document.addEventListener("input", refresh);
refresh();
