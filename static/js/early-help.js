/*
What script adds to pages that do their work without it.

1. Components of the two packages start by their data-module attributes.

2. A form is sent once: a second press while the first travels does nothing.

3. Saving as people type: <form data-autosave-url="…">, with the form's own csrfmiddlewaretoken, a hidden input
   named "revision", and an element with data-autosave-status (ui/saved.html).
   One second after the last change, and at the latest ten seconds after the first, all fields are POSTed to the
   address as a form with "Accept: application/json". The answer:
     200 {"revision": 4, "saved": "14:02"}    the hidden revision becomes 4; "Saved at 14:02"
     400 {"sentence": "…"}                    "Not saved: …"; tried again after the next change
     409 {"sentence": "…", "url": "…"}        somebody else saved: said with a link; nothing more is sent by itself
     401 {"sentence": "…", "url": "…", "kept": true}   signed out: said, with a link to sign in; nothing more is sent
     403, or a redirect                       signed out, or the page is too old: said; nothing more is sent
     anything else, or no answer              "Not saved – we'll try again", after 5, 10, 20 and then every 30 seconds
   One save at a time. Sending the form itself waits for a save under way, so that its revision is the newest.
   Leaving the page sends what is not saved yet; signing out waits for it.
   Each moment is also an event on the form: "autosave", detail.state is saving, saved, refused, clash, ended, waiting.

4. Progress: an element with an id and data-poll-url is filled again from the element of the same id at that
   address, every two seconds at first, until what comes back has no data-poll-url (ui/progress.html).
*/

const { govuk, moj } = document.body.dataset;

// --- sending once ---

function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
}

// --- saving as people type ---

const QUIET = 1000;
const AT_LATEST = 10000;
const RETRIES = [5000, 10000, 20000, 30000];

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.status = form.querySelector("[data-autosave-status]");
    this.changed = false; // something typed is not on the server
    this.stopped = false; // a clash or a sign-out: the person must act
    this.leaving = false;
    this.tries = 0;
    this.since = 0;
    this.timer = 0;
    this.underWay = null;
    for (const kind of ["input", "change"]) form.addEventListener(kind, () => this.touch());
    form.addEventListener("submit", (event) => this.beforeSend(event), true);
    addEventListener("pagehide", () => this.lastWords());
    addEventListener("online", () => this.changed && this.save());
  }

  touch() {
    if (this.stopped) return;
    if (!this.changed) this.since = Date.now();
    this.changed = true;
    const left = AT_LATEST - (Date.now() - this.since);
    this.later(Math.max(0, Math.min(QUIET, left)));
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  save() {
    clearTimeout(this.timer);
    if (!this.underWay) this.underWay = this.post().finally(() => (this.underWay = null));
    return this.underWay;
  }

  async post() {
    if (this.stopped || !this.changed) return;
    this.changed = false;
    this.tell("saving", "");
    let response;
    let answer = {};
    try {
      response = await fetch(this.url, {
        method: "POST",
        body: new FormData(this.form),
        headers: { Accept: "application/json" },
        redirect: "manual",
        signal: AbortSignal.timeout(20000),
      });
      if (response.headers.get("Content-Type")?.includes("json")) answer = await response.json();
    } catch {
      response = null;
    }
    this.hear(response, answer);
  }

  hear(response, answer) {
    if (response?.ok && "revision" in answer) {
      this.tries = 0;
      this.form.elements.revision.value = answer.revision;
      this.tell("saved", `Saved at ${answer.saved ?? clock()}`);
      if (this.changed) this.touch();
    } else if (response?.status === 400) {
      this.tell("refused", `Not saved: ${answer.sentence ?? "something on this page needs another look."}`);
    } else if (response?.status === 409) {
      this.stopped = true;
      const words = answer.sentence ?? "Somebody else saved this page.";
      this.tell("clash", `Not saved. ${words} `, answer.url ?? location.href, "See what they wrote (opens in a new tab)");
    } else if (response?.status === 401 && answer.url) {
      this.stopped = true;
      const kept = answer.kept ? "What you wrote is kept. " : "Not saved: copy what you wrote. ";
      this.tell("ended", `${answer.sentence} ${kept}`, answer.url, "Sign in again (opens in a new tab)");
    } else if (response?.type === "opaqueredirect" || response?.status === 403 || response?.status === 401) {
      this.stopped = true;
      const words = "Not saved: you have been signed out, or this page was open too long. Copy what you wrote, then ";
      this.tell("ended", words, location.href, "load the page again");
    } else {
      this.changed = true;
      this.tell("waiting", "Not saved – we’ll try again");
      this.later(RETRIES[Math.min(this.tries++, RETRIES.length - 1)]);
    }
  }

  tell(state, words, url = "", link = "") {
    this.form.dispatchEvent(new CustomEvent("autosave", { bubbles: true, detail: { state } }));
    if (!this.status || state === "saving") return;
    this.status.dataset.state = state;
    this.status.textContent = words;
    if (url) {
      const anchor = document.createElement("a");
      anchor.className = "govuk-link";
      anchor.href = url;
      anchor.textContent = link;
      // What is not saved stands on this page alone: looking at theirs must not take it away.
      if (state === "clash" || state === "ended") anchor.target = "_blank";
      this.status.append(anchor);
    }
  }

  beforeSend(event) {
    clearTimeout(this.timer);
    if (!this.underWay) {
      this.leaving = true;
      setTimeout(() => (this.leaving = false), 8000);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    this.underWay.then(() => this.form.requestSubmit(button));
  }

  lastWords() {
    if (this.changed && !this.stopped && !this.leaving) {
      navigator.sendBeacon(this.url, new FormData(this.form));
      this.changed = false;
    }
  }
}

function clock() {
  return new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

function saveAsTyped() {
  const saves = [...document.querySelectorAll("form[data-autosave-url]")].map((form) => new Autosave(form));
  if (!saves.length) return;
  // A page brought back from the browser's memory may show less than the server has.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", (event) => {
    const unsaved = saves.filter((save) => save.changed && !save.stopped);
    if (!unsaved.length) return;
    event.preventDefault();
    Promise.all(unsaved.map((save) => save.save())).then(() => event.target.submit());
  });
}

// --- progress ---

async function poll(region, pause) {
  await new Promise((wake) => setTimeout(wake, pause));
  try {
    const headers = { Accept: "text/html", "Eh-Background": "1" }; // the page asks, not the person
    const response = await fetch(region.dataset.pollUrl, { headers, redirect: "manual" });
    if (response.type === "opaqueredirect" || response.status === 403 || response.status === 404) return;
    if (response.ok) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById(region.id);
      if (!fresh) return;
      if (fresh.innerHTML !== region.innerHTML) region.replaceChildren(...fresh.childNodes);
      if (!fresh.dataset.pollUrl) {
        delete region.dataset.pollUrl;
        return;
      }
    }
  } catch {
    // no network for now: ask again
  }
  poll(region, Math.min(pause * 1.2, 10000));
}

sendOnce();
saveAsTyped();
for (const region of document.querySelectorAll("[data-poll-url][id]")) poll(region, 2000);

// The packages come last: a page does its work even if they do not load.
for (const address of [govuk, moj]) {
  if (address) import(address).then((components) => components.initAll(), () => {});
}
