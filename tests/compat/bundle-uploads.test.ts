import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CreateBundleUploadOutput } from "@sluice/wire/sluice/console-api.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { RawCaller } from "./raw-caller.fixture.ts";

let server: SluiceServer;
let caller: RawCaller;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-uploads-"));
  server = await startSluiceServer();
  caller = new RawCaller(server);
  await caller.call({ target: "CodeDeploy_20141006.CreateApplication", body: '{"applicationName":"web"}' });
});
afterAll(async () => {
  caller.close();
  await server.close();
  rmSync(directory, { recursive: true });
});

async function createUpload(fileName: string, headers: Readonly<Record<string, string>> = {}) {
  const body = JSON.stringify({ applicationName: "web", fileName });
  const target = "Sluice_20261101.CreateBundleUpload";
  const { status, text } = await caller.call({ target, service: "sluice", body, headers });
  expect(status, text).toBe(200);
  return JSON.parse(text) as CreateBundleUploadOutput;
}

/** Whatever a browser adds to a fetch of its page. */
const browserHeaders = (origin: string) => ({ origin, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" });

it("an upload works by each of the server's names, as a page of that name sends it, and not by another's", async () => {
  const { port } = caller.url;
  for (const name of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    const { url, key } = await createUpload("web.zip", { host: name });
    const put = (origin: string) =>
      fetch(`${origin}${url}`, {
        method: "PUT",
        body: new Blob(["bundle"], { type: "application/x-zip-compressed" }),
        headers: browserHeaders(`http://${name}`),
      });
    expect((await put(`http://${name}`)).status).toBe(200);
    const other = name.startsWith("127") ? "localhost" : "127.0.0.1";
    expect((await put(`http://${other}:${port}`)).status).toBe(403);
    const got = await caller.call({
      method: "GET",
      path: `/sluice-revisions/${key}`,
      service: "s3",
      target: null,
      body: "",
    });
    expect([got.status, got.text]).toEqual([200, "bundle"]);
    // What it opens is the one PUT.
    expect((await fetch(`http://${name}${url}`)).status).toBe(403);
    expect((await fetch(`http://${name}${url}`, { method: "DELETE" })).status).toBe(403);
  }
});

it("the command line uploads, lists and names what is deployed", async () => {
  const file = join(directory, "app v1.tgz");
  writeFileSync(file, "not looked at");
  const location = (await server.sluice("revisions", "upload", file, "--application", "web")).trim();
  expect(location).toMatch(
    /^bucket=sluice-revisions,key=web\/app-v1-[a-z0-9]{12}\.tgz,bundleType=tgz,eTag=[0-9a-f]{32}$/,
  );
  const [, key = ""] = /key=([^,]+)/.exec(location) ?? [];
  const listed = await server.sluice("revisions", "list", "--prefix", "web/");
  expect(listed.split("\n")[1]).toContain(`s3://sluice-revisions/${key}`);
  const refused = await server.run("revisions", "upload", directory, "--application", "web");
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("sluice deploy packs") });
  expect(await server.sluice("resources")).toContain("sluice.yml binds none");
  await server.sluice("hosts", "add", "web-1");
  expect(await server.sluice("hosts", "show", "web-1")).toMatch(
    /has never enrolled\..* On the host:\n {2}sluice agent enroll --server http:/,
  );
});
