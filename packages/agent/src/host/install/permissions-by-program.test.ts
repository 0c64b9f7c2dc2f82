import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appSpec, createHostFixture, type HostFixture, isRoot, specification, tgz } from "../host.fixture.ts";
import { layoutOf } from "../layout.ts";
import type { CommandOutcome } from "../lifecycle-command.ts";

const hasSetfacl = existsSync("/usr/bin/setfacl");
const PATH = process.env["PATH"];

let fixture: HostFixture;
beforeEach(async () => {
  fixture = await createHostFixture();
});
afterEach(async () => {
  process.env["PATH"] = PATH;
  await fixture.close();
});

const at = (path: string) => join(fixture.destination, path);

async function deploy(
  DeploymentId: string,
  files: Readonly<Record<string, string>>,
  rules: string,
): Promise<CommandOutcome> {
  const more = rules === "" ? "" : `permissions:\n${rules.replaceAll("$D", fixture.destination)}`;
  return fixture.deploy(DeploymentId, tgz({ "appspec.yml": appSpec(fixture.destination, { more }), ...files }));
}

function accessList(path: string): string {
  return execFileSync("getfacl", ["-cpE", at(path)], { encoding: "utf8" })
    .trim()
    .replaceAll("\n", ",");
}

/** Programs of these names that note how they are called, and nothing else on the path. */
function onlyPrograms(...names: readonly string[]): string {
  const directory = join(fixture.root, "..", "programs");
  const calls = join(directory, "calls");
  mkdirSync(directory);
  for (const name of names) {
    writeFileSync(join(directory, name), `#!/bin/sh\necho ${name} "$@" >> ${calls}\n`);
    chmodSync(join(directory, name), 0o755);
  }
  for (const name of ["sync", "runuser"]) if (!names.includes(name)) linkProgram(name, directory);
  process.env["PATH"] = directory;
  return calls;
}

function linkProgram(name: string, directory: string): void {
  writeFileSync(join(directory, name), `#!/bin/sh\nexec /usr/bin/${name} "$@"\n`);
  chmodSync(join(directory, name), 0o755);
}

test.skipIf(!hasSetfacl)("access lists are those that the reference agent gives", async () => {
  const rules = `  - object: $D
    pattern: "*.conf"
    type: [file]
    mode: 640
    acls: ["u:nobody:rw", "g:daemon:r"]
  - object: $D
    except: ["*.conf"]
    type: [directory]
    acls: ["d:u:nobody:rwx"]
  - object: $D/plain
    owner: nobody
    acls: ["m::r"]
`;
  const files = { "app/a.conf": "", "app/b.conf": "", "app/plain": "#!", "app/sub/x": "" };
  expect((await deploy("d-1", files, isRoot ? rules : rules.replace("    owner: nobody\n", ""))).message).toBe(
    "Succeeded",
  );
  const conf = "user::rw-,user:nobody:rw-,group::r--,group:daemon:r--,mask::r--,other::---";
  expect([accessList("a.conf"), accessList("b.conf")]).toEqual([conf, conf]);
  expect(accessList("sub")).toBe(
    "user::rwx,group::r-x,other::r-x,default:user::rwx,default:user:nobody:rwx,default:group::r-x,default:mask::r-x,default:other::r-x",
  );
  expect(accessList("sub/x")).toBe("user::rw-,group::r--,other::r--");
  expect(accessList("plain")).toBe("user::rwx,group::r-x,mask::r--,other::r-x");
  const layout = layoutOf(fixture.root, specification({ DeploymentId: "d-1" }));
  expect(JSON.parse(readFileSync(layout.installFile, "utf8")).instructions).toContainEqual({
    type: "setfacl",
    acl: ["user:nobody:rw-", "group:daemon:r--"],
    file: at("a.conf"),
  });
});

test.skipIf(!hasSetfacl)("what the reference agent refuses, and names that nobody has", async () => {
  const onFile = await deploy("d-1", { "app/a": "" }, '  - object: $D\n    acls: ["d:u:nobody:r"]\n');
  expect(onFile.message).toMatch(
    /^The deployment failed because the -d parameter has been specified to apply an acl setting to a file\./,
  );
  const nobody = await deploy("d-2", { "app/a": "" }, '  - object: $D\n    acls: ["u:nosuchuser:r"]\n');
  expect(nobody.message).toMatch(
    /^The user "nosuchuser" does not exist on this host, and acls in the permissions section/,
  );
  expect(existsSync(fixture.destination)).toBe(false);
});

test.each([
  ["acls", '    acls: ["u:nobody:rwx"]\n', "setfacl", "apt-get install acl"],
  ["context", "    context:\n      type: bin_t\n", "semanage", "dnf install policycoreutils-python-utils"],
])("%s without the program fails with the old revision in place", async (setting, lines, program, cure) => {
  await deploy("d-1", { "app/old": "" }, "");
  onlyPrograms();
  const outcome = await deploy("d-2", { "app/new": "" }, `  - object: $D\n${lines}`);
  expect(outcome.message).toContain(`ask for ${setting}, but this host does not have the program ${program}`);
  expect(outcome.message).toContain(cure);
  expect(readdirSync(fixture.destination)).toEqual(["old"]);
});

test("what setfacl says is in the log, with the file that it is about", async () => {
  onlyPrograms("setfacl");
  const fails = `#!/bin/sh\neval last=\\$$#; echo "setfacl: $last: Operation not supported" >&2; exit 1\n`;
  writeFileSync(join(fixture.root, "..", "programs", "setfacl"), fails);
  const outcome = await deploy(
    "d-1",
    { "app/a": "", "app/b": "" },
    '  - object: $D\n    type: [file]\n    acls: ["u:0:r"]\n',
  );
  expect(outcome.message).toBe(
    "The deployment failed because of a problem with the acls permission settings in the application specification file for this object: " +
      `${at("b")}. Failed command: setfacl --set user:0:r--,user::rw-,group::r--,other::r--,mask::r-- ${at("b")}. Exit code: 1`,
  );
  expect(outcome.log).toMatch(/^setfacl says: Operation not supported\./);
});

test("a context is a rule for the real path, which goes with the revision", async () => {
  const calls = onlyPrograms("semanage", "restorecon");
  const rules = "  - object: $D/a\n    context:\n      name: system_u\n      type: bin_t\n      range: s0\n";
  expect((await deploy("d-1", { "app/a": "" }, rules)).message).toBe("Succeeded");
  expect((await deploy("d-2", { "app/b": "" }, "")).message).toBe("Succeeded");
  expect(readFileSync(calls, "utf8").trim().split("\n")).toEqual([
    `semanage fcontext -a -s system_u -t bin_t -r s0 ${at("a")}`,
    `restorecon -v ${at("a")}`,
    `semanage fcontext -d ${at("a")}`,
  ]);
});
