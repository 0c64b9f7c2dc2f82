import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../scripts/release/run.ts";
import { isInstalled } from "../installation/installed-programs.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PORT = 7939;
const DATA = "/var/lib/sluice";
const AGENT_DATA = "/var/lib/sluice-agent";
const APP_SPEC = `version: 0.0
os: linux
files:
  - { source: index.html, destination: /srv/app }
hooks:
  ApplicationStart:
    - { location: start.sh, timeout: 60 }
`;

/** Debian's smallest system, from its archive, without Node. It has no init: what the units do is done by hand. */
describe.skipIf(!isInstalled("debootstrap", "--version"))("the package on a Debian of its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-installed-"));
  const system = join(folder, "system");
  const inside = (...argv: readonly string[]): string => run("chroot", [system, ...argv]);
  const services: ChildProcess[] = [];
  const start = (...argv: readonly string[]): ChildProcess => {
    const child = spawn("chroot", [system, ...argv], { stdio: "ignore", env: { PATH: process.env.PATH } });
    services.push(child);
    return child;
  };

  beforeAll(() => {
    const out = join(folder, "release");
    run("sh", ["scripts/release.sh", "--out", out, "--platform", `linux-${process.arch}`, "--only", "deb"], ROOT);
    run("debootstrap", ["--variant=minbase", "--include=adduser", "bookworm", system, "http://deb.debian.org/debian"]);
    run("mount", ["-t", "proc", "proc", join(system, "proc")]);
    run("cp", [...globSync(join(out, "*.deb")), join(system, "root/sluice.deb")]);
    // However long the archive of Debian takes.
  }, 0);
  afterAll(async () => {
    for (const child of services) {
      if (child.exitCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    run("umount", [join(system, "proc")]);
    rmSync(folder, { recursive: true });
  });

  it("is installed, serves and deploys, and leaves nothing when it is purged", async () => {
    expect(existsSync(join(system, "usr/bin/node"))).toBe(false);
    inside("dpkg", "--install", "/root/sluice.deb");
    expect(inside("sluice", "version")).toContain("(one executable)");

    const user = ["setpriv", "--reuid=sluice", "--regid=sluice", "--init-groups", "--no-new-privs"];
    const config = ["--config", "/etc/sluice/sluice.yml", "--listen", `127.0.0.1:${PORT}`];
    const server = start(...user, "sluice", "server", "--data", DATA, ...config);
    await until("the server's first start", () => existsSync(join(system, DATA, "aws/config")));
    const nameOf = ({ pid }: ChildProcess) => readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    expect(nameOf(server)).toBe("sluice-server");

    const sluice = (...argv: readonly string[]) => inside("env", `SLUICE_DATA=${DATA}`, "sluice", ...argv);
    writeFileSync(join(system, "root/token"), sluice("token", "create", "--tag", "Environment=prod"));
    const url = `http://127.0.0.1:${PORT}`;
    sluice("agent", "enroll", "--server", url, "--token-file", "/root/token", "--data", AGENT_DATA);
    const agent = start("sluice", "agent", "run", "--data", AGENT_DATA);
    mkdirSync(join(system, "root/app"));
    writeFileSync(join(system, "root/app/appspec.yml"), APP_SPEC);
    writeFileSync(join(system, "root/app/index.html"), "hello\n");
    writeFileSync(join(system, "root/app/start.sh"), "#!/bin/sh\necho started\n", { mode: 0o755 });
    sluice("applications", "create", "hello");
    sluice("groups", "create", "--application", "hello", "--group", "prod", "--tag", "Environment=prod");
    sluice("deploy", "/root/app", "--application", "hello", "--group", "prod", "--watch");
    expect(readFileSync(join(system, "srv/app/index.html"), "utf8")).toBe("hello\n");
    expect(nameOf(agent)).toBe("sluice-agent");
    console.log(`agent: ${/^VmRSS.*/m.exec(readFileSync(`/proc/${agent.pid}/status`, "utf8"))}`);

    for (const child of [agent, server]) {
      child.kill("SIGTERM");
      await once(child, "exit");
      expect(child.exitCode).toBe(0);
    }
    inside("dpkg", "--purge", "sluice");
    expect(inside("find", "/", "-xdev", "-name", "*sluice*", "-not", "-path", "/root/*").trim()).toBe("");
    expect(() => inside("getent", "passwd", "sluice")).toThrow();
  });
});
