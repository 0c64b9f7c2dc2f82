import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authoritiesFor, isPubliclyTrusted } from "@sluice/server/public-authority.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isInstalled } from "../installation/installed-programs.fixture.ts";
import { startSluiceServer } from "../installation/sluice-server.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-given-certificate-"));
const file = (name: string) => join(folder, name);
const openssl = (...args: readonly string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
const hasOpenssl = isInstalled("openssl", "version");

beforeAll(() => {
  if (!hasOpenssl) return;
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...newKey, "-subj", "/CN=Authority", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem");
  openssl("req", ...newKey, "-subj", "/CN=server", "-keyout", "key.pem", "-out", "request.pem");
  writeFileSync(file("names"), "subjectAltName=DNS:localhost\n");
  const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"];
  openssl("x509", "-req", "-in", "request.pem", ...signing, "-days", "2", "-out", "cert.pem");
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach((context) => context.skip(!hasOpenssl, "openssl is not installed"));

/** As certificates of authorities are: they have names and no addresses, and come without the root. */
it("lets commands on the server's machine in, by a name of the certificate", async () => {
  const server = await startSluiceServer({ args: ["--tls-cert", file("cert.pem"), "--tls-key", file("key.pem")] });
  try {
    expect(await server.sluice("hosts", "list")).toContain("No hosts");
    expect(await server.sluice("env")).toContain("AWS_CA_BUNDLE");
    expect(readFileSync(join(server.data, "aws/config"), "utf8")).toMatch(/endpoint_url = https:\/\/localhost:\d+/);
    expect(server.log()).toContain("Append the authority's certificate to the file");
  } finally {
    await server.close();
  }
});

describe("what clients are given to check a certificate with", () => {
  it("has a public authority's own certificate, which servers leave out", () => {
    const [certificate, root] = [readFileSync(file("cert.pem"), "utf8"), readFileSync(file("ca.pem"), "utf8")];
    expect(authoritiesFor(certificate, [root])).toEqual({ pem: `${certificate}${root}`, hasRoot: true });
    expect(isPubliclyTrusted(certificate, [root])).toBe(true);
  });

  it("is the file as it is where the authority is private, and says whether that is in it", () => {
    const [certificate, root] = [readFileSync(file("cert.pem"), "utf8"), readFileSync(file("ca.pem"), "utf8")];
    expect(authoritiesFor(certificate, [])).toEqual({ pem: certificate, hasRoot: false });
    expect(authoritiesFor(`${certificate}${root}`, [root])).toEqual({ pem: `${certificate}${root}`, hasRoot: true });
  });
});
