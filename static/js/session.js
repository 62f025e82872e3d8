/*
The end of a session (ACC-4). The page says how many seconds are left: until it ends for want of a click (data-idle),
and until it ends whatever happens (data-whole). Two minutes before, a dialog says so; at the end what was typed is
sent to be kept, and the sign-in page takes this one's place, so that nobody reads it over an empty chair.

What a person does in one tab is told to the others. Before a warning, and before the end, the server is asked as well,
with the header Eh-Background, which does not count as a person.
*/

const WARNING = 120_000;
const STEP = 20; // seconds between two readings of the time left

class Session {
  constructor(root) {
    this.root = root;
    this.dialog = root.querySelector("dialog");
    this.words = root.querySelector("[data-session-words]");
    this.time = root.querySelector("[data-session-left]");
    this.stayButton = root.querySelector("[data-session-stay]");
    this.dirty = new Set();
    this.asked = false; // the server was asked before this warning
    this.dismissed = false; // an end that cannot be put off has been read
    this.signedOut = false; // saving as people type was told so
    this.ending = false;
    root.querySelector("[data-session-banner]").hidden = true;
    this.hear({ idle: Number(root.dataset.idle), whole: Number(root.dataset.whole) });
    this.listen();
    this.tell();
    this.timer = setInterval(() => this.look(), 1000);
  }

  listen() {
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("early-help-session") : null;
    this.channel?.addEventListener("message", ({ data }) => this.other(data));
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    document.addEventListener("input", ({ target }) => target.form?.method === "post" && this.dirty.add(target.form));
    document.addEventListener("submit", ({ target }) => this.dirty.delete(target));
    document.addEventListener("autosave", (event) => this.saved(event));
    this.stayButton.addEventListener("click", () => this.stay());
    this.root.querySelector("[data-session-leave]").addEventListener("click", () => {
      document.querySelector("form[data-sign-out]")?.requestSubmit();
    });
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.stay();
    });
  }

  get fixed() {
    return this.wholeEnds <= this.idleEnds;
  }

  get left() {
    return Math.min(this.idleEnds, this.wholeEnds) - Date.now();
  }

  hear({ idle, whole }) {
    this.idleEnds = Date.now() + idle * 1000;
    this.wholeEnds = Date.now() + whole * 1000;
  }

  tell() {
    const { person } = this.root.dataset;
    this.channel?.postMessage({ person, idleEnds: this.idleEnds, wholeEnds: this.wholeEnds });
  }

  // Another tab of the same person was busy.
  other(data) {
    if (data.person !== this.root.dataset.person) return;
    // Signed in anew: the token in this page's forms is an old one.
    if (this.signedOut || data.wholeEnds > this.wholeEnds + 60_000) this.ask();
    this.idleEnds = Math.max(this.idleEnds, data.idleEnds);
    this.wholeEnds = Math.max(this.wholeEnds, data.wholeEnds);
    this.look();
  }

  saved({ target, detail }) {
    this.signedOut ||= detail.state === "ended";
    if (detail.state !== "saved") return;
    this.dirty.delete(target);
    this.idleEnds = Math.max(this.idleEnds, Date.now() + Number(this.root.dataset.minutes) * 60_000);
    this.tell();
  }

  async look() {
    if (this.ending) return;
    if (this.left > WARNING) {
      this.asked = this.dismissed = false;
      if (this.dialog.open) this.dialog.close();
    } else if (this.left <= 0) {
      await this.end();
    } else if (!this.asked) {
      this.asked = true;
      await this.ask();
      if (this.left > 0 && this.left <= WARNING) this.warn();
    } else if (this.dialog.open) {
      this.show();
    }
  }

  // How much is left; null when the server cannot be reached.
  async ask(method = "GET") {
    const headers = { Accept: "application/json" };
    if (method === "GET") headers["Eh-Background"] = "1";
    else headers["X-CSRFToken"] = token();
    try {
      const response = await fetch(this.root.dataset.url, { method, headers, redirect: "manual" });
      const answer = response.ok ? await response.json() : { signed_in: false };
      if (answer.signed_in && answer.person === this.root.dataset.person) {
        this.signedOut = false;
        this.hear(answer);
        freshen(answer.token);
      }
      return answer;
    } catch {
      return null;
    }
  }

  warn() {
    if (this.dialog.open || this.dismissed) return;
    const { minutes, hours } = this.root.dataset;
    const calm = " What you have typed on this page is kept until you sign in again.";
    this.words.textContent = this.fixed
      ? `You signed in ${hours} ago, which is as long as one sign-in lasts. This cannot be put off.${calm}`
      : `Nothing has happened here for almost ${minutes} minutes.${calm}`;
    this.stayButton.textContent = this.fixed ? "Carry on until then" : "Stay signed in";
    this.show(true);
    this.dialog.showModal();
    this.dialog.querySelector("[tabindex]").focus();
  }

  // The words change every 20 seconds only, so that a screen reader can finish each.
  show(first = false) {
    const seconds = Math.max(0, Math.round(this.left / 1000));
    if (first || seconds % STEP === 0) this.time.textContent = `You will be signed out in ${inWords(seconds)}.`;
  }

  async stay() {
    if (this.fixed) {
      this.dismissed = true;
      this.dialog.close();
      return;
    }
    const answer = await this.ask("POST");
    if (answer && !answer.signed_in) await this.end();
    else if (answer) {
      this.dialog.close();
      this.asked = false;
      this.tell();
    } else this.time.textContent = "The server cannot be reached. Copy what you have written, to be safe.";
  }

  async end() {
    this.ending = true;
    const answer = await this.ask();
    if (answer?.signed_in && answer.person === this.root.dataset.person && this.left > 0) {
      this.ending = false;
      return;
    }
    const page = location.pathname + location.search;
    const [form] = this.dirty;
    const body = form ? new FormData(form) : new FormData();
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    body.set("eh-page", page);
    body.set("csrfmiddlewaretoken", token());
    let url = "";
    try {
      const headers = { Accept: "application/json", "Eh-Background": "1" };
      const response = await fetch(this.root.dataset.endUrl, { method: "POST", body, headers, redirect: "manual" });
      url = response.ok ? (await response.json()).url : "";
    } catch {
      // no network: the words stay on the page, and the next press of its button keeps them
      this.ending = false;
      clearInterval(this.timer);
      return;
    }
    clearInterval(this.timer);
    location.replace(url || page);
  }
}

function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

// After signing in again in another tab the forms of this page still hold the token from before.
function freshen(value) {
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = value;
}

function inWords(seconds) {
  const some = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  if (!minutes) return some(rest, "second");
  return rest ? `${some(minutes, "minute")} ${some(rest, "second")}` : some(minutes, "minute");
}

const root = document.querySelector("[data-session]");
if (root) new Session(root);
