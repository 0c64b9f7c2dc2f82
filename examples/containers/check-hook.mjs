// An endpoint for hooks: asks the test listener, and tells Sluice what it found. Environment: SECRET (the binding's), CERTIFICATE and KEY (files),
// TEST_URL (the test listener), PORT. The AWS CLI that it calls needs the environment that `sluice env` prints.
import { execFile } from "node:child_process";
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";

const { SECRET: secret = "", CERTIFICATE: certificate, KEY: key, TEST_URL: testUrl, PORT: port = "7460" } = process.env;
const MAX_AGE_SECONDS = 300;
const MAX_BODY_BYTES = 10_000;

createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, async (request, response) => {
  let body = "";
  for await (const chunk of request) {
    body += chunk;
    if (body.length > MAX_BODY_BYTES) return response.writeHead(413).end();
  }
  if (!isGenuine(request.headers, body)) return response.writeHead(401).end("the signature is not right\n");
  // Taken at once; the result comes by a call.
  response.writeHead(202).end();
  const { DeploymentId, LifecycleEventHookExecutionId } = JSON.parse(body);
  const status = await check();
  console.log(`${DeploymentId} ${request.headers["sluice-lifecycle-event"]}: ${status}`);
  const words = ["deploy", "put-lifecycle-event-hook-execution-status", "--deployment-id", DeploymentId];
  words.push("--lifecycle-event-hook-execution-id", LifecycleEventHookExecutionId, "--status", status);
  execFile("aws", words, (error) => error && console.error(error.message));
}).listen(Number(port), "127.0.0.1", () => console.log(`hooks are taken on port ${port}`));

async function check() {
  try {
    const answer = await fetch(testUrl, { signal: AbortSignal.timeout(10_000) });
    return answer.ok ? "Succeeded" : "Failed";
  } catch {
    return "Failed";
  }
}

/** https://www.standardwebhooks.com */
function isGenuine(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures = "" } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= MAX_AGE_SECONDS)) return false;
  const expected = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest();
  return signatures.split(" ").some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
