// What an application's page does with a security key, in the words of WebAuthn Level 3.

async function ask(path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(`/auth/v1${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const document = await answer.json();
  if (!answer.ok) throw new Error(`${answer.status} ${document.detail}`);
  return document;
}

async function register(token, name) {
  const begun = await ask("/authenticators/webauthn/begin", {}, token);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.publicKey);
  const made = await navigator.credentials.create({ publicKey });
  return ask("/authenticators/webauthn", { name, credential: made.toJSON() }, token);
}

async function signIn(tenant, userName, password) {
  const begun = await ask("/sign-in", { tenant, userName, password });
  if (begun.token) return begun;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options.publicKey);
  const credential = (await navigator.credentials.get({ publicKey })).toJSON();
  const proof = { kind: "webauthn", credential };
  return ask("/sign-in/second", { challenge: begun.challenge, proof });
}
