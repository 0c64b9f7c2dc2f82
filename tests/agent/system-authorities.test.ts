import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createSelfSignedCertificate } from "@sluice/server/signing/self-signed-certificate.ts";
import { expect, it } from "vitest";

const ASK = `
import { get } from "node:https";
import { agentFor } from ${JSON.stringify(import.meta.resolve("@sluice/wire/client/connection-agent.ts"))};
const [, url] = process.argv;
get(url, { agent: agentFor(url, undefined) }, (answer) => { console.log(answer.statusCode); process.exit(); });
`;

it("trusts an authority that only this machine knows, beside those that Node brings", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-authorities-"));
  const { certificatePem, privateKeyPem } = await createSelfSignedCertificate({
    commonName: "own",
    subjectAltNames: ["127.0.0.1"],
  });
  const server = createServer({ cert: certificatePem, key: privateKeyPem }, (_, response) => void response.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = join(folder, "ca-certificates.crt");
  writeFileSync(file, certificatePem);
  const ask = (environment: NodeJS.ProcessEnv) =>
    promisify(execFile)(process.execPath, ["--input-type=module", "-e", ASK, url], { env: environment });
  try {
    expect((await ask({ SSL_CERT_FILE: file })).stdout).toBe("200\n");
    await expect(ask({})).rejects.toThrow("DEPTH_ZERO_SELF_SIGNED_CERT");
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
