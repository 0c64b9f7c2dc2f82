import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { isInstalled } from "../installation/installed-programs.fixture.ts";
import { runProgram, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

const run = promisify(execFile);
/** Notes how it was called and what it was told, in the place of the agent's program. */
const PROGRAM = `#!/bin/sh
case $1 in version) echo ${SLUICE_VERSION}; exit 0 ;; esac
{ echo "$*"; if [ "$2" = install ]; then cat; fi; } >>"$(dirname "$0")/../called"
[ "$2" = uninstall ] && exit 0
while [ $# -gt 0 ]; do [ "$1" = --program ] && program=$2; shift; done
[ "$program" = "$(dirname "$0")/current" ] || mv "$program" "$(dirname "$0")/current"
`;
const PLATFORM = process.arch === "arm64" ? "linux-arm64" : "linux-x64";

let server: SluiceServer;
let root: string;
let token: string;
/** With another secret. */
let forged: string;

beforeAll(async () => {
  server = await startSluiceServer();
  token = (await server.sluice("token", "create", "--uses", "7")).trim();
  const fields = JSON.parse(Buffer.from(token.slice(4), "base64url").toString());
  forged = `slt_${Buffer.from(JSON.stringify({ ...fields, secret: "x" })).toString("base64url")}`;
  const directory = join(server.data, "agent-programs");
  mkdirSync(directory);
  writeFileSync(join(directory, `sluice-${SLUICE_VERSION}-${PLATFORM}`), PROGRAM);
  writeFileSync(join(directory, `sluice-${SLUICE_VERSION}-${PLATFORM}.gz`), gzipSync(PROGRAM));
});
afterAll(() => server.close());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-join-"));
  return () => rmSync(root, { recursive: true });
});

const ask = (path: string, options: RequestInit = {}) => fetch(`${server.url()}${path}`, options);
const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const PROGRAM_PATH = `/-/agent-program/${PLATFORM}`;

/** The script as it comes, with all that it makes and removes below a directory of the test's. */
async function script(): Promise<string> {
  const text = await (await ask("/-/join.sh")).text();
  const places = {
    programs: "lib/agent",
    link: "bin/sluice",
    of_package: "none",
    unit: "unit",
    log: "log",
    data: "data",
  };
  return Object.entries(places).reduce(
    (changed, [name, path]) => changed.replace(new RegExp(`^${name}=/.*$`, "m"), `${name}=${root}/${path}`),
    text,
  );
}
async function joinHost(token: string, args: readonly string[] = [], text?: string, path = process.env.PATH) {
  writeFileSync(join(root, "join.sh"), text ?? (await script()));
  const line = `printf '%s\\n' "$TOKEN" | env -u TOKEN sh "$@"`;
  return runProgram("sh", ["-c", line, "sh", join(root, "join.sh"), ...args], { PATH: path, TOKEN: token });
}
const called = () => readFileSync(join(root, "lib/called"), "utf8");

it("gives the script to everybody, and the program to whoever has a token with uses left, which stays whole", async () => {
  const text = await (await ask("/-/join.sh")).text();
  expect(text).toContain(`\nserver=${server.url()}\npin=''\n`);
  expect(text.trimEnd().split("\n").at(-1)).toBe('main "$@"');
  const head = await ask(PROGRAM_PATH, { method: "HEAD", ...withToken(token) });
  expect(head.headers.get("x-sluice-version")).toBe(SLUICE_VERSION);
  const sha256 = createHash("sha256").update(PROGRAM).digest("hex");
  expect(head.headers.get("x-sluice-sha256")).toBe(sha256);
  for (const encoding of ["identity", "gzip"]) {
    const { headers } = withToken(token);
    const answer = await ask(PROGRAM_PATH, { headers: { ...headers, "accept-encoding": encoding } });
    expect(answer.headers.get("content-encoding")).toBe(encoding === "gzip" ? "gzip" : null);
    expect(await answer.text()).toBe(PROGRAM);
  }
  expect(await server.sluice("token", "list")).toMatch(/ 7 /);
});

it("refuses the program without a token, with one that is not valid, and of versions and platforms that are not there", async () => {
  const said = async (path: string, options?: RequestInit) => {
    const answer = await ask(path, options);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("x-sluice-reason")).toBeTruthy();
    return answer.text();
  };
  expect(await said(PROGRAM_PATH)).toContain("for machines with an enrolment token");
  expect(await said(PROGRAM_PATH, withToken(forged))).toContain("is not one of this server's");
  expect(await said(`${PROGRAM_PATH}?version=..%2f..%2fetc`, withToken(token))).toContain("That is no version");
  expect(await said(`${PROGRAM_PATH}?version=9.9.9`, withToken(token))).toContain(
    `ut the file sluice-9.9.9-${PLATFORM}`,
  );
  expect(await said("/-/agent-program/plan9", withToken(token))).toContain("linux-x64 and linux-arm64");
  const lines = await server.sluice("audit", "--operation", "GetAgentProgram", "--json");
  expect(JSON.parse(lines)).toEqual(
    expect.arrayContaining([expect.objectContaining({ errorCode: "EnrolmentTokenInvalidException" })]),
  );
});

it("downloads, checks and installs once, and leaves the token in no list of processes", async () => {
  const first = await joinHost(token, ["--name", "web 1"]);
  expect(first).toMatchObject({ exitCode: 0 });
  expect(called()).toMatch(
    new RegExp(
      `^agent install --server ${server.url()} --token-file - --program ${root}/lib/agent/\\.joining\\.\\d+ --name web 1\n${token}\n$`,
    ),
  );
  expect(readFileSync(join(root, "lib/agent/current"), "utf8")).toBe(PROGRAM);
  expect(readdirSync(join(root, "lib/agent"))).toEqual(["current"]);
  // With a token that is used up by now: what is there is installed again.
  const second = await joinHost(forged);
  expect(second).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("the installed one stays") });
  expect(called()).toContain(`--program ${root}/lib/agent/current\n`);
  expect((await joinHost("", ["--uninstall"])).exitCode).toBe(0);
  expect(called()).toMatch(/agent uninstall\n$/);
});

it.skipIf(!isInstalled("wget", "--version"))("does the same with wget where there is no curl", async () => {
  const path = join(root, "programs");
  mkdirSync(path);
  const names = "sh env dirname wget id uname sed tail tr head cat rm mv mkdir rmdir df awk chmod cut sha256sum grep";
  for (const name of names.split(" ")) {
    symlinkSync((await run("sh", ["-c", 'command -v "$1"', "sh", name])).stdout.trim(), join(path, name));
  }
  expect((await joinHost(token, [], undefined, path)).stderr).toBe("");
  expect(readdirSync(join(root, "lib/agent"))).toEqual(["current"]);
  expect(called()).toContain(token);
  rmSync(join(root, "lib"), { recursive: true });
  expect((await joinHost(forged, [], undefined, path)).stderr).toContain("is not one of this server's");
});

/** The script, and a proxy that it asks instead of the server. `answer`: true where the proxy has answered by itself. */
async function byProxy(
  work: (text: string) => Promise<void>,
  answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<void> {
  const proxy = createServer(async (request, response) => {
    if (answer(request, response)) return;
    const { method = "GET", url = "", headers } = request;
    const answered = await fetch(`${server.url()}${url}`, {
      method,
      headers: { authorization: headers.authorization ?? "" },
    });
    for (const [name, value] of answered.headers) {
      if (name.startsWith("x-"))
        response.setHeader(
          name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
          value,
        );
    }
    response.writeHead(answered.status).end(Buffer.from(await answered.arrayBuffer()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = proxy.address() as AddressInfo;
    await work((await script()).replace(/^server=.*$/m, `server='http://127.0.0.1:${port}'`));
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}

it("reads the names of headers as a proxy writes them", () =>
  byProxy(async (text) => {
    expect(await joinHost(token, [], text)).toMatchObject({ exitCode: 0, stderr: "" });
    rmSync(join(root, "lib"), { recursive: true });
    expect((await joinHost(forged, [], text)).stderr).toContain("is not one of this server's");
  }));

it("waits for its turn where the server gives the program to many hosts", async () => {
  let refused = 0;
  await byProxy(
    async (text) => {
      const patient = text.replace(/^retry_seconds=.*$/m, "retry_seconds=0");
      const { exitCode, stderr } = await joinHost(token, [], patient);
      expect({ exitCode, stderr, refused }).toEqual({
        exitCode: 0,
        stderr: "The server gives the program to many hosts at this moment; waiting for a turn.\n",
        refused: 3,
      });
    },
    ({ method }, response) => {
      if (method !== "GET" || refused === 3) return false;
      refused += 1;
      response.writeHead(400).end("Too many hosts download the agent at this moment. Try again.\n");
      return true;
    },
  );
});

it.each([
  ["404", 404, /no Sluice answers there, or one of before 0\.2\.0 \(HTTP 404\)\. Check the address/],
  [
    "a proxy's 502",
    502,
    /what is in front of it does not reach it \(HTTP 502\)\. Look at the server's log: journalctl/,
  ],
  ["a proxy that wants a password", 407, /Set it: https_proxy=/],
  ["a cut connection", 0, /cannot be reached: the connection was cut .*Run the line again/],
])("names cause and cure of %s", (_, status, words) =>
  byProxy(
    async (text) => {
      const { exitCode, stderr } = await joinHost(token, [], text);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(words) });
      expect(existsSync(join(root, "lib"))).toBe(false);
    },
    (request, response) => {
      if (status === 0) request.socket.destroy();
      else response.writeHead(status).end();
      return true;
    },
  ),
);

it("unpacks no more than the program that the server names", () =>
  byProxy(
    async (text) => {
      const { exitCode, stderr } = await joinHost(token, [], text);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("larger than the") });
      expect(existsSync(join(root, "lib"))).toBe(false);
    },
    ({ method }, response) => {
      if (method !== "GET") return false;
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(4 * 1024 * 1024)));
      return true;
    },
  ));

it("leaves nothing of an agent whose program is gone, above all not its key", async () => {
  const data = join(root, "large-disk");
  mkdirSync(join(data, "group/d-1"), { recursive: true });
  for (const name of ["agent.json", "credentials.json"]) writeFileSync(join(data, name), '{"hostId": "i-1"}');
  symlinkSync(data, join(root, "data"));
  mkdirSync(join(root, "bin"));
  symlinkSync(join(root, "lib/agent/current"), join(root, "bin/sluice"));
  writeFileSync(join(root, "log"), "");
  const { exitCode, stdout, stderr } = await joinHost("", ["--uninstall"]);
  expect({ exitCode, stdout, stderr }).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("The agent of i-1 is removed from this host."),
    stderr: expect.stringContaining("sluice hosts remove i-1"),
  });
  expect(readdirSync(root).sort()).toEqual(["bin", "join.sh"]);
  expect(readdirSync(join(root, "bin"))).toEqual([]);
  expect((await joinHost("", ["--uninstall"])).stdout).toBe("No agent is installed here.\n");
  // Somebody else's directory, by a mistake in the line.
  mkdirSync(join(root, "mine"));
  expect((await joinHost("", ["--uninstall", "--data", join(root, "mine")])).exitCode).toBe(0);
  expect(existsSync(join(root, "mine"))).toBe(true);
});

it("says what is wrong and leaves nothing behind when it cannot install", async () => {
  const text = await script();
  const fails = async (token: string, changed: string) => {
    const { exitCode, stderr } = await joinHost(token, [], changed);
    expect(exitCode).toBe(1);
    expect(existsSync(join(root, "lib"))).toBe(false);
    return stderr;
  };
  expect(await fails("", text)).toContain("no token came by standard input");
  expect(await fails("a b", text)).toContain("characters that tokens do not have");
  expect(await fails("slt_x", text)).toContain("The enrolment token is not valid");
  const elsewhere = text.replace(/^server=.*$/m, "server='http://127.0.0.1:9'");
  expect(await fails(token, elsewhere)).toMatch(/cannot be reached: nobody listens there/);
  const altered = text.replace("sha256=$(header x-sluice-sha256)", "sha256=0000");
  expect(await fails(token, altered)).toContain("is not the program that the server named");
});

it("does nothing when it comes only in part", async () => {
  const text = (await script()).trimEnd();
  const cut = text.slice(0, text.lastIndexOf("\n"));
  writeFileSync(join(root, "join.sh"), cut);
  await run("sh", [join(root, "join.sh"), "--uninstall"]);
  expect(readdirSync(root)).toEqual(["join.sh"]);
  chmodSync(join(root, "join.sh"), 0o600);
});
