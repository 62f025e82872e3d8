/*
Security keys (WebAuthn). A form with data-security-key="create" or "get" and data-options, the server's question as
JSON, asks the browser for a key when it is sent, puts the answer into its hidden field "credential", and goes on.
What stands between the person and their key is said in the element with data-security-key-status.
*/

const WORDS = {
  NotAllowedError: "No key was used. You may have cancelled, or it took too long. Try again.",
  AbortError: "No key was used. Try again.",
  TimeoutError: "It took too long. Try again.",
  InvalidStateError: "This key is set up already. Use another one.",
  NotSupportedError: "This key cannot be used here. Use another one.",
  SecurityError: "Keys cannot be used at this address. Ask your IT team for the proper address of Early Help.",
};
const NO_KEYS = "This browser cannot use security keys. Use an authenticator app, or another browser.";
const ODD = "The key could not be used. Try again, or use something else.";

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function question({ publicKey }) {
  const listed = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));
  const asked = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) asked.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  if (publicKey.excludeCredentials) asked.excludeCredentials = listed(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) asked.allowCredentials = listed(publicKey.allowCredentials);
  return asked;
}

function answer(key) {
  const said = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[name]) said[name] = text(key.response[name]);
  }
  return JSON.stringify({
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: said,
    clientExtensionResults: key.getClientExtensionResults(),
  });
}

async function use(form) {
  const status = form.querySelector("[data-security-key-status]");
  const button = form.querySelector("button[type=submit]");
  status.textContent = "";
  if (!navigator.credentials || !window.PublicKeyCredential) {
    status.textContent = NO_KEYS;
    return;
  }
  button.disabled = true;
  try {
    const publicKey = question(JSON.parse(form.dataset.options));
    const key = await navigator.credentials[form.dataset.securityKey]({ publicKey });
    form.elements.credential.value = answer(key);
    form.submit();
  } catch (error) {
    status.textContent = WORDS[error.name] ?? ODD;
    button.disabled = false;
    button.focus();
  }
}

for (const form of document.querySelectorAll("form[data-security-key]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    use(form);
  });
}
