/*
 * <form data-passkey="create|get" data-options="{…}"> or, to sign in, <form data-passkey="get" data-options-at="/address/">:
 * its button, hidden without this script, asks the device for a passkey and sends the answer in the field `credential`.
 * [data-passkey-status] says in its data-failed what to do when nothing came of it.
 */
"use strict";
{
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const withBytes = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const create = ({ publicKey }) =>
    navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        user: { ...publicKey.user, id: bytes(publicKey.user.id) },
        excludeCredentials: withBytes(publicKey.excludeCredentials),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      },
    });

  const get = ({ publicKey }) =>
    navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        allowCredentials: withBytes(publicKey.allowCredentials),
      },
    });

  const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

  const toSend = (credential) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: Object.fromEntries(
      PARTS.filter((name) => credential.response[name]).map((name) => [name, text(credential.response[name])]),
    ),
  });

  const optionsOf = async ({ options, optionsAt }) => {
    if (options) return JSON.parse(options);
    const response = await fetch(optionsAt, { headers: { Accept: "application/json" } });
    return (await response.json()).request_options;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    const status = form.querySelector("[data-passkey-status]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      status.textContent = "";
      try {
        const options = await optionsOf(form.dataset);
        const credential = await (form.dataset.passkey === "create" ? create(options) : get(options));
        form.elements.credential.value = JSON.stringify(toSend(credential));
        form.submit();
      } catch {
        status.textContent = status.dataset.failed;
      }
    });
  }
}
