// A real OpenID Connect provider for tests: npm's certified oidc-provider, with a log-in page of three buttons.
//
//   node provider.mjs '{"port": 1234, "issuer": "http://…", "client": {…}, "persons": {"kanarie": {…}}, "claims": true}'
//
// Says READY on standard output. The line "rotate" on standard input gives it a new key in place of the old
// one; it says ROTATED. Ends when its standard input does.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

// What Debian 12's Node 18 does not have yet.
globalThis.crypto ??= webcrypto;
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);
const { default: Provider } = await import("oidc-provider");
const { exportJWK, generateKeyPair } = await import("jose");

const told = JSON.parse(process.argv[2]);
const issuer = told.issuer;
const DETAILS = ["fullname", "bsn", "postcode", "dateofbirth", "address", "name", "roles"];
const HOUR = 3600;

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (uid, acrs) => `<!doctype html><html lang="nl"><meta charset="utf-8"><title>Test provider</title>
<main><h1>Test provider</h1><form method="post" action="/interaction/${escaped(uid)}">
<label>Wie? <select name="person">${Object.keys(told.persons).map((name) => `<option>${escaped(name)}`).join("")}</select></label>
<label>Hoe? <select name="acr">${["", ...acrs].map((acr) => `<option>${escaped(acr)}`).join("")}</select></label>
<button name="do" value="login">Log in</button><button name="do" value="abort">Stop</button></form></main></html>`;

async function key() {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: "RS256", use: "sig", kid: crypto.randomUUID() };
}

async function make() {
  const provider = new Provider(issuer, {
    acrValues: told.acrs,
    claims: { openid: ["sub"], details: DETAILS },
    clients: [told.client],
    cookies: { keys: ["a test's"] },
    features: {
      claimsParameter: { enabled: told.claims },
      devInteractions: { enabled: false },
      encryption: { enabled: true },
      jwtUserinfo: { enabled: true },
    },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...told.persons[sub] }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    jwks: { keys: [await key()] },
    loadExistingGrant: agreed,
    ttl: { AccessToken: HOUR, AuthorizationCode: 60, Grant: HOUR, IdToken: HOUR, Interaction: HOUR, Session: HOUR },
  });
  provider.on("server_error", (_, error) => console.error(error));
  return provider;
}

// Everybody agrees to everything: consent was asked where they came from.
async function agreed(ctx) {
  const { account, client, params, provider } = ctx.oidc;
  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  grant.addOIDCScope(params.scope);
  grant.addOIDCClaims(DETAILS);
  await grant.save();
  return grant;
}

async function interact(provider, request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html; charset=utf-8").end(page(uid, told.acrs));
    return;
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const form = new URLSearchParams(body);
  const login = { accountId: form.get("person"), acr: form.get("acr") || undefined, remember: false };
  const result = form.get("do") === "login" ? { login } : { error: "access_denied" };
  await provider.interactionFinished(request, response, result);
}

let provider = await make();
const server = createServer((request, response) => {
  const done = request.url.startsWith("/interaction/")
    ? interact(provider, request, response)
    : provider.callback()(request, response);
  Promise.resolve(done).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
});
server.listen(told.port, "127.0.0.1", () => console.log("READY"));

createInterface({ input: process.stdin })
  .on("line", async () => {
    provider = await make();
    console.log("ROTATED");
  })
  .on("close", () => process.exit());
