import { describe, expect, it } from "vitest";
import { type BundleListing, listBundle, type NamedEntry } from "./bundle-listing.ts";
import { CHECK_NAMES } from "./checks.ts";
import { type FileStart, fileStart } from "./file-start.ts";
import { describeFinding } from "./finding.ts";
import { lintAppSpec, missingAppSpec } from "./lint-bundle.ts";

const HEAD = "version: 0.0\nos: linux\n";
const VALIDATED = "  ValidateService: [{location: v.sh}]\n";

function file(start: FileStart | null = "interpreter", isExecutable: boolean | null = true): NamedEntry {
  return { kind: "file", start, isExecutable };
}

function bundle(entries: Readonly<Record<string, NamedEntry | string>>): BundleListing {
  const named = Object.entries(entries).map(([name, entry]): [string, NamedEntry] => [
    name,
    typeof entry === "string" ? { kind: "link", target: entry } : entry,
  ]);
  return listBundle([...named, ["appspec.yml", file(null)], ["v.sh", file()]]);
}

/** `severity check line: message`, the missing ValidateService hook apart. */
function lint(text: string, listing: BundleListing | null = null): string[] {
  return lintAppSpec(text, listing)
    .findings.filter(({ check }) => check !== "no-validation")
    .map(({ severity, check, line, message }) => `${severity} ${check} ${line}: ${message}`);
}

it("tells of scripts also where agents refuse the file for something else", () => {
  const refused = `${HEAD}permissions: [{object: /x, mode: 0755}]\nhooks:\n  AfterInstall: [{location: a.sh}, {}]\n${VALIDATED}`;
  expect(lint(refused, bundle({}))).toEqual([
    expect.stringContaining("warning mode 3: "),
    expect.stringContaining("error missing-script 5: The script a.sh is not in the bundle"),
    expect.stringContaining("error refused 5: "),
  ]);
});

describe("keys and events that agents do not read", () => {
  it.each([
    [
      `${HEAD}hook:\n  AfterInstall: [{location: a}]\n`,
      "warning unknown-key 3: hook at the top of the file is not read. Did you mean hooks?",
    ],
    [
      `${HEAD}Hooks:\n  AfterInstall: [{location: a}]\n`,
      "warning unknown-key 3: Hooks at the top of the file is not read. Did you mean hooks?",
    ],
    [`${HEAD}file: []\n`, "warning unknown-key 3: file at the top of the file is not read. Did you mean files?"],
    [
      `${HEAD}fileExistsBehaviour: RETAIN\n`,
      "warning unknown-key 3: fileExistsBehaviour at the top of the file is not read. Did you mean file_exists_behavior?",
    ],
    [
      `${HEAD}overwrite: true\n`,
      "warning unknown-key 3: overwrite at the top of the file is not read. For existing files, use file_exists_behavior",
    ],
    [
      `${HEAD}AfterInstal:\n  - location: a\n`,
      "warning unknown-key 3: AfterInstal is outside hooks, so its scripts never run. Indent AfterInstall below hooks.",
    ],
    [`${HEAD}branch_config: {}\n`, "note unknown-key 3: branch_config at the top of the file is not read."],
    [
      `${HEAD}hooks:\n  AfterInstal:\n    - location: a\n`,
      "warning unknown-event 4: AfterInstal is not a lifecycle event, so its scripts never run, and the deployment succeeds without them. Did you mean AfterInstall?",
    ],
    [
      `${HEAD}hooks:\n  Before Install:\n    - location: a\n`,
      "warning unknown-event 4: Before Install is not a lifecycle event, so its scripts never run, and the deployment succeeds without them. Did you mean BeforeInstall?",
    ],
    [`${HEAD}hooks:\n  applicationstart:\n    - location: a\n`, "Did you mean ApplicationStart?"],
    [
      `${HEAD}hooks:\n  Install:\n    - location: a\n`,
      "warning unknown-event 4: Install runs no scripts of an AppSpec",
    ],
    [
      `${HEAD}hooks:\n  AfterAllowTestTraffic:\n    - location: a\n`,
      "warning unknown-event 4: AfterAllowTestTraffic is not an event of deployments to hosts",
    ],
    [
      `${HEAD}hooks:\n  Sing:\n    - location: a\n`,
      "warning unknown-event 4: Sing is not a lifecycle event, so its scripts never run, and the deployment succeeds without them. Events: BeforeBlockTraffic,",
    ],
    [
      `${HEAD}hooks:\n  AfterInstall:\n    - location: a\n      timout: 30\n`,
      "warning unknown-key 6: timout in hooks.AfterInstall[0] is not read. Did you mean timeout?",
    ],
    [
      `${HEAD}hooks:\n  AfterInstall:\n    - location: a\n      run_as: root\n`,
      "warning unknown-key 6: run_as in hooks.AfterInstall[0] is not read. Did you mean runas?",
    ],
    [
      `${HEAD}hooks:\n  AfterInstall:\n    - location: a\n      args: -x\n`,
      "warning unknown-key 6: args in hooks.AfterInstall[0] is not read. A script gets no arguments",
    ],
    [
      `${HEAD}files:\n  - source: a\n    destination: /b\n    overwrite: true\n`,
      "warning unknown-key 6: overwrite in files[0] is not read. For existing files, use file_exists_behavior",
    ],
    [
      `${HEAD}files:\n  - source: a\n    destination: /b\n    mode: 644\n`,
      "warning unknown-key 6: mode in files[0] is not read. It belongs in an entry of permissions",
    ],
    [
      `${HEAD}files:\n  - src: a\n    destination: /b\n`,
      "warning unknown-key 4: src in files[0] is not read. Did you mean source?",
    ],
    [
      `${HEAD}files: [{source: a, destination: /b}]\npermissions:\n  - object: /b\n    acl: [a]\n`,
      "warning unknown-key 6: acl in permissions[0] is not read. Did you mean acls?",
    ],
    [
      `${HEAD}files: [{source: a, destination: /b}]\npermissions:\n  - object: /b\n    context: {user: a, type: b}\n`,
      "user in permissions[0].context is not read. Did you mean name?",
    ],
    [
      `${HEAD}hooks:\n  AfterInstall: [{location: a}]\nhooks:\n  ApplicationStart: [{location: b}]\n`,
      "warning repeated-key 3: hooks occurs again on line 5, and only that one is read.",
    ],
    [
      `${HEAD}hooks:\n  AfterInstall: [{location: a}]\n  AfterInstall: [{location: b}]\n`,
      "warning repeated-key 4: AfterInstall in hooks occurs again on line 5",
    ],
  ])("%j", (text, expected) => {
    expect(lint(text)).toContainEqual(expect.stringContaining(expected));
  });

  it("are a note where what they ask for is said in its place, too", () => {
    const files = `${HEAD}files:\n  - source: a\n    destination: /b\n    overwrite: true\n`;
    expect(lint(`${files}file_exists_behavior: OVERWRITE\n`)).toEqual([
      expect.stringContaining("note unknown-key 6: overwrite"),
    ]);
    expect(lint(files)).toEqual([expect.stringContaining("warning unknown-key 6: overwrite")]);
  });

  it("are told of an AppSpec that agents refuse, too: a misspelt key may be why", () => {
    expect(lint(`${HEAD}files:\n  - source: a\n    target: /b\n`)).toEqual([
      expect.stringContaining("error refused 4: "),
      "warning unknown-key 5: target in files[0] is not read. Did you mean destination?",
    ]);
    expect(lint("version: 0.0\nResources: []\n")).toEqual([
      expect.stringContaining("error refused null: This is an AppSpec for ECS or Lambda"),
    ]);
  });
});

describe("values that are not what they look like", () => {
  const permission = (member: string) =>
    `${HEAD}files: [{source: a, destination: /b}]\npermissions:\n  - object: /b\n    ${member}\n`;
  it.each([
    [
      `${HEAD}hooks:\n  AfterInstall:\n    - location: a\n      timeout: 5m\n`,
      "warning timeout 6: timeout: 5m in hooks.AfterInstall[0] is read as 5 seconds.",
    ],
    [
      `${HEAD}hooks:\n  AfterInstall:\n    - location: a\n      timeout: 0300\n`,
      "warning timeout 6: timeout: 0300 in hooks.AfterInstall[0] is read as 192 seconds.",
    ],
    [
      `${HEAD}hooks:\n  AfterInstall:\n    - {location: a, timeout: 3000}\n    - {location: b, timeout: 3000}\n`,
      "warning timeout 5: The timeouts of AfterInstall add up to 6000 seconds.",
    ],
    [
      `${HEAD}hooks:\n  AfterInstall:\n    - location: a\n      sudo: "no"\n`,
      "warning sudo 6: sudo: no in hooks.AfterInstall[0] is read as true.",
    ],
    [
      permission("mode: 0644"),
      'warning mode 6: mode: 0644 is an octal number in YAML, and is read as the mode 420. Put it in quotes: "0644".',
    ],
    [permission("mode: 0755"), "warning mode 6: mode: 0755 is an octal number in YAML, and is read as the mode 493."],
    [
      permission("owner: 1000"),
      "error unusable-value 5: The owner in the permission for /b in the application specification file is not text",
    ],
    [
      `${HEAD}hooks:\n  AfterInstall:\n    - location: "a\\0b"\n`,
      'error unusable-value 5: The deployment failed because the location of a script in the application specification file has a zero byte ("a\\u0000b")',
    ],
    ["version: 0.0\nos: windows\n", "error windows 2: os: windows is for the AWS agent on Windows"],
    [
      `${HEAD}files: [{source: a, destination: opt/x}]\n`,
      "warning destination 3: The destination opt/x is relative to /: the files go to /opt/x.",
    ],
    [
      `${HEAD}files: [{source: a, destination: "$HOME/x"}]\n`,
      "warning destination 3: The destination $HOME/x is used literally",
    ],
    [
      `${HEAD}files: [{source: a, destination: 'c:\\x'}]\n`,
      "warning destination 3: The destination c:\\x is a Windows path",
    ],
  ])("%j", (text, expected) => {
    expect(lint(text)).toContainEqual(expect.stringContaining(expected));
  });
});

describe("scripts", () => {
  const hook = (event: string, location: string) => `${HEAD}hooks:\n  ${event}:\n    - location: ${location}\n`;
  it.each([
    [
      "missing",
      hook("AfterInstall", "gone.sh"),
      {},
      "error missing-script 5: The script gone.sh is not in the bundle: every host fails at AfterInstall. Add it to the bundle, or correct the location.",
    ],
    [
      "near",
      hook("AfterInstall", "scripts/strat.sh"),
      { "scripts/start.sh": file() },
      "Did you mean scripts/start.sh?",
    ],
    ["elsewhere", hook("AfterInstall", "start.sh"), { "scripts/start.sh": file() }, "Did you mean scripts/start.sh?"],
    [
      "with other capitals",
      hook("AfterInstall", "Scripts/Start.sh"),
      { "scripts/start.sh": file() },
      "Did you mean scripts/start.sh?",
    ],
    [
      "with backslashes",
      hook("AfterInstall", "scripts\\start.sh"),
      { "scripts/start.sh": file() },
      "Did you mean scripts/start.sh?",
    ],
    [
      "by its path on the host",
      hook("AfterInstall", "/opt/app/start.sh"),
      { "start.sh": file() },
      "Did you mean start.sh?",
    ],
    [
      "with arguments",
      hook("AfterInstall", "start.sh --all"),
      { "start.sh": file() },
      "A location cannot have arguments: name only start.sh",
    ],
    [
      "of ApplicationStop",
      hook("ApplicationStop", "gone.sh"),
      {},
      "warning missing-script 5: The script gone.sh is not in the bundle: the deployment after this one fails at ApplicationStop",
    ],
    [
      "of traffic events",
      hook("BeforeAllowTraffic", "gone.sh"),
      {},
      "warning missing-script 5: The script gone.sh is not in the bundle: every host fails at BeforeAllowTraffic, if the group has a load balancer",
    ],
    [
      "after others",
      `${HEAD}hooks:\n  BeforeInstall: [{location: v.sh}]\n  AfterInstall: [{location: gone.sh}]\n`,
      {},
      "error missing-script 5: The script gone.sh is not in the bundle: every host fails at AfterInstall, unless an earlier script creates it.",
    ],
    [
      "a directory",
      hook("AfterInstall", "scripts"),
      { "scripts/a": file() },
      "error unusable-script 5: The script scripts is a directory: every host fails at AfterInstall.",
    ],
    [
      "behind a broken link",
      hook("AfterInstall", "a.sh"),
      { "a.sh": "b.sh" },
      "error missing-script 5: The script a.sh is not in the bundle",
    ],
    [
      "with carriage returns",
      hook("AfterInstall", "a.sh"),
      { "a.sh": file("interpreter-cr") },
      "error unusable-script 5: The script a.sh has Windows line ends",
    ],
    [
      "with a byte order mark",
      hook("AfterInstall", "a.sh"),
      { "a.sh": file("byte-order-mark") },
      "warning script-start 5: The script a.sh begins with a byte order mark",
    ],
    [
      "with a broken first line",
      hook("AfterInstall", "a.sh"),
      { "a.sh": file("near-interpreter") },
      "warning script-start 5: The script a.sh has a first line that is not an interpreter line",
    ],
    [
      "without a first line",
      hook("AfterInstall", "a.sh"),
      { "a.sh": file("text") },
      "note script-start 5: The script a.sh has no interpreter line",
    ],
    [
      "not executable",
      hook("AfterInstall", "a.sh"),
      { "a.sh": file("interpreter", false) },
      "note not-executable 5: The script a.sh is not executable. Agents make it executable",
    ],
  ])("%s", (_, text, entries, expected) => {
    expect(lint(text, bundle(entries))).toContainEqual(expect.stringContaining(expected));
  });

  it("that are there, also by way of links, are not spoken of", () => {
    const text = `${HEAD}hooks:\n  BeforeInstall: [{location: ./scripts//a.sh}]\n  AfterInstall: [{location: /current/a.sh}]\n`;
    expect(lint(text, bundle({ "scripts/a.sh": file(), current: "scripts" }))).toEqual([]);
  });

  it("that lead out of the bundle are refused, whichever event they are of", () => {
    const outside = bundle({ opt: "/opt", up: "../x" });
    expect(lint(hook("ApplicationStop", "opt/a.sh"), outside)).toEqual([
      "error outside 5: The script opt/a.sh leads out of the bundle by the link opt to /opt: hosts with the Sluice agent fail at DownloadBundle. Put the script itself into the bundle, or one that calls it.",
    ]);
    expect(lint(hook("AfterInstall", "../a.sh"), outside)[0]).toContain(
      "The script ../a.sh leads out of the bundle: hosts",
    );
    expect(lint(`${HEAD}files:\n  - source: up\n    destination: /x\n`, outside)[0]).toContain(
      "error outside 4: The source up leads out of the bundle by the link up to ../x: hosts",
    );
  });

  it("are known by their first bytes", () => {
    const bytes = (text: string) => fileStart(new TextEncoder().encode(text));
    expect(bytes("#!/bin/sh\necho\r\n")).toBe("interpreter");
    expect(bytes("#!/bin/sh\r\n")).toBe("interpreter-cr");
    expect(bytes("\uFEFF#!/bin/sh\n")).toBe("byte-order-mark");
    expect(bytes("# !/bin/sh\n")).toBe("near-interpreter");
    expect(bytes("#/bin/bash\n")).toBe("near-interpreter");
    expect(bytes("\n#!/bin/bash\n")).toBe("near-interpreter");
    expect(bytes("# a comment\necho\n")).toBe("text");
    expect(bytes("echo\r\n")).toBe("text-cr");
    expect(bytes("\x7fELF\0\0")).toBe("binary");
    expect(bytes("")).toBe("empty");
  });
});

describe("a zip without Unix modes (aws-codebuild-jenkins-plugin, issue 46)", () => {
  const noMode = file("interpreter", null);
  const zip = (...names: string[]) =>
    listBundle([...names, "appspec.yml", "v.sh"].map((name): [string, NamedEntry] => [name, noMode]));
  const text = `${HEAD}files:\n  - {source: app, destination: /x}\nhooks:\n${VALIDATED}`;

  it.each(["app/bin/server", "helper.sh"])("has a program that nothing can run: %s", (program) => {
    expect(lint(text, zip("app/a.txt", program))).toEqual([
      `warning no-modes null: The zip has no Unix modes (zips of Windows and of some build tools have none), so ${program} is not executable on the hosts: what runs it gets "Permission denied". Only the scripts of hooks are made executable. Pack the bundle with zip or tar on Linux, or set a mode in permissions.`,
    ]);
  });

  it("without programs, with modes, or with permissions that set them, is as it should be", () => {
    expect(lint(text, zip("app/a.txt"))).toEqual([]);
    expect(lint(text, bundle({ "app/a": file(null), "helper.sh": noMode }))).toEqual([]);
    const permissions = "permissions:\n  - {object: /x, mode: 755, type: [file]}\n";
    expect(lint(`${text}${permissions}`, zip("app/bin/server"))).toEqual([]);
  });
});

describe("files and permissions", () => {
  const files = (...entries: string[]) => `${HEAD}files:\n${entries.map((entry) => `  - {${entry}}\n`).join("")}`;
  const app = { "app/a.txt": file(), "app/bin/b": file(), "c.conf": file() };
  it.each([
    [
      "a missing source",
      files("source: build, destination: /x"),
      "error missing-source 4: The source build is not in the bundle: every host fails at DownloadBundle (with the AWS agent at Install). Add it",
    ],
    ["a source with other capitals", files("source: App, destination: /x"), "Did you mean app?"],
    ["a pattern as a source", files('source: "app/*", destination: /x'), "A source is a path, not a pattern"],
    [
      "one place for two",
      files("source: app/a.txt, destination: /x", "source: app, destination: /x"),
      "error same-destination 5: files[1] and files[0] (line 4) both install /x/a.txt, as two files: every host fails at Install.",
    ],
    [
      "a file and a directory",
      files("source: c.conf, destination: /x", "source: app, destination: /x/c.conf"),
      "error same-destination 5: files[1] and files[0] (line 4) both install /x/c.conf, as a file and a directory",
    ],
    [
      "a file's name as its destination",
      files("source: c.conf, destination: /etc/app/c.conf"),
      "warning destination 4: The destination /etc/app/c.conf is the directory for c.conf, so the file becomes /etc/app/c.conf/c.conf.",
    ],
  ])("%s", (_, text, expected) => {
    expect(lint(text, bundle(app))).toContainEqual(expect.stringContaining(expected));
  });

  const permission = (members: string) => `${files("source: app, destination: /x")}permissions:\n  - {${members}}\n`;
  it.each([
    [
      "outside",
      "object: /y, mode: 644",
      "warning permission-object 6: The object /y is outside every destination of files",
    ],
    [
      "not installed",
      "object: /x/none, mode: 644",
      "warning permission-object 6: The deployment installs nothing at /x/none, so the permissions change nothing",
    ],
    [
      "a pattern with a path",
      'object: /x, pattern: "bin/*", mode: 755',
      "warning permission-pattern 6: The pattern bin/* matches nothing",
    ],
    [
      "a pattern for nothing",
      'object: /x, pattern: "*.sh", mode: 755',
      "warning permission-object 6: The pattern *.sh matches nothing that the deployment installs in /x",
    ],
    [
      "a pattern for a file",
      'object: /x/a.txt, pattern: "*.txt", mode: 755',
      "error permission-pattern 6: The object /x/a.txt is a file, and pattern is for directories: every host fails at Install.",
    ],
    [
      "a type that it is not",
      "object: /x/a.txt, type: [directory], mode: 755",
      "The object /x/a.txt is a file, but type names only directories",
    ],
  ])("permissions: %s", (_, members, expected) => {
    expect(lint(permission(members), bundle(app))).toContainEqual(expect.stringContaining(expected));
  });

  it("permissions that two entries give one file stop every Install", () => {
    const text = `${permission("object: /x, mode: 644")}  - {object: /x/bin/b, mode: 755}\n`;
    expect(lint(text, bundle(app))).toEqual([
      'error permission-twice 7: permissions[1] and permissions[0] (line 6) both set the permissions of /x/bin/b: every host fails at Install. Give permissions[0] the pattern "*", which matches only what is directly in /x (as does its except), and add an entry for each other directory; or keep one of the two entries, and set the rest in an AfterInstall script.',
    ]);
    expect(lint(`${text}file_exists_behavior: RETAIN\n`, bundle(app))).toEqual([]);
  });

  it.each([
    [
      "a path",
      "object: /x, except: [bin/b], mode: 644",
      "warning permission-except 6: The except bin/b excludes nothing: an except is compared only with the names directly in /x, never with a path.",
    ],
    [
      "a name further down",
      'object: /x, except: ["b*"], mode: 644, type: [file]',
      "warning permission-except 6: The except b* does not exclude /x/bin/b, which gets the permissions",
    ],
    [
      "a directory, for its content",
      "object: /x, except: [bin], mode: 644",
      "warning permission-except 6: The except bin does not exclude /x/bin/b, which gets the permissions",
    ],
  ])(
    "an except that leaves out less than it says: %s (aws-codedeploy-agent, issues 27 and 151)",
    (_, members, expected) => {
      expect(lint(permission(members), bundle(app))).toContainEqual(expect.stringContaining(expected));
    },
  );

  it("an except for what is directly in the object does what it says", () => {
    for (const members of [
      'object: /x, except: ["*.txt"], mode: 644',
      'object: /x, pattern: "*", except: [bin], mode: 644',
      "object: /x, except: [a.txt], mode: 755, type: [file]",
    ]) {
      expect(lint(permission(members), bundle(app)), members).toEqual([]);
    }
  });

  it("that are as they should be are not spoken of", () => {
    const text = `${files("source: /app/, destination: /x", "source: ./c.conf, destination: /etc")}permissions:
  - {object: /x, pattern: "*.txt", mode: 644, type: [file]}
  - {object: /x/bin, mode: "0755", type: [file]}
  - {object: /etc/c.conf, owner: root, type: [file]}
hooks:\n${VALIDATED}`;
    expect(lint(text, bundle(app))).toEqual([]);
    // What is behind a link to a directory is not in the listing.
    const linked = `${files("source: app, destination: /x")}permissions:\n  - {object: /x/lib/c, mode: 644}\n`;
    expect(lint(linked, bundle({ ...app, "app/lib": "../shared", "shared/c": file() }))).toEqual([]);
  });
});

describe("a bundle", () => {
  it("without an AppSpec at its top is told where there is one", () => {
    const told = (...names: string[]) =>
      missingAppSpec(listBundle(names.map((name) => [name, file()] as const))).message;
    expect(told("a", "web/appspec.yml")).toContain("It is at web/appspec.yml: pack the content of web.");
    expect(told("a", "AppSpec.yml")).toContain("Rename AppSpec.yml to appspec.yml.");
    expect(told("a")).toContain("Put an appspec.yml at its top.");
  });

  it("loses the one directory around it, as agents take it away", () => {
    const wrapped = listBundle([
      ["./web-1/appspec.yml", file()],
      ["./web-1/a.sh", file()],
    ]);
    expect([...wrapped.entries.keys()].sort()).toEqual(["", "a.sh", "appspec.yml"]);
    expect(lint(`${HEAD}hooks:\n  AfterInstall:\n    - location: web-1/a.sh\n`, wrapped)[0]).toContain(
      "Did you mean a.sh?",
    );
    expect(listBundle([["web-1/a.sh", file()]]).wrapper).toBe("");
  });

  it("with entries that hosts do not unpack is refused", () => {
    const odd = listBundle([
      ["appspec.yml", file()],
      ["../up", file()],
      ["a", { kind: "link", target: "b" }],
      ["a/c", file()],
    ]);
    expect(lint(HEAD, odd)).toEqual([
      "error refused-entry null: The entry ../up is not allowed because its path leaves the archive through '..': hosts with the Sluice agent fail at DownloadBundle. Pack the bundle from inside its directory.",
      'error refused-entry null: The entry a/c is not allowed because its path passes through the symbolic link "a": hosts with the Sluice agent fail at DownloadBundle. Remove it from the bundle.',
    ]);
  });

  it("with two AppSpecs has one that is not read", () => {
    expect(lint(HEAD, bundle({ "appspec.yaml": file() }))).toEqual([
      "warning second-app-spec null: The bundle also has an appspec.yaml, which is not read. Remove one of them.",
    ]);
  });
});

it("of a section with thousands of entries a part is checked, whatever is in the bundle", () => {
  const times = (text: string) => text.repeat(900);
  const text = `${HEAD}files:\n${times("  - {source: gone, destination: /x}\n")}permissions:\n${times("  - {object: /x/y, mode: 644}\n")}hooks:\n  AfterInstall:\n${times("    - location: gone\n")}`;
  const names = Array.from({ length: 1_000 }, (_, index): [string, NamedEntry] => [`d/f${index}`, file()]);
  const counts = Map.groupBy(
    lintAppSpec(text, listBundle([...names, ["appspec.yml", file()]])).findings,
    ({ check }) => check,
  );
  expect([...counts].map(([check, findings]) => `${check} ${findings.length}`).sort()).toEqual([
    "missing-script 300",
    "missing-source 300",
    "no-validation 1",
    "permission-object 300",
  ]);
});

it("permissions are held against what is installed up to a measure, whatever their patterns", () => {
  const names = Array.from({ length: 1_000 }, (_, index): [string, NamedEntry] => [`d/f${index}`, file()]);
  const listing = listBundle([...names, ["appspec.yml", file()]]);
  const files = Array.from({ length: 10 }, (_, index) => `  - {source: d, destination: /x/${index}}\n`).join("");
  const pointless = (rules: string) =>
    lintAppSpec(`${HEAD}files:\n${files}permissions:\n${rules}`, listing).findings.filter(
      ({ check }) => check === "permission-object",
    ).length;
  const rule = '  - {object: /x, pattern: "*z", mode: 644}\n';
  expect(pointless(rule.repeat(20))).toBe(20);
  expect(pointless(rule.repeat(300))).toBeLessThan(300);
  const exceptions = Array.from({ length: 5_000 }, (_, index) => `z${index}`).join();
  expect(pointless(`  - {object: /x, type: [file], except: [${exceptions}, f*], mode: 644}\n${rule}`)).toBe(0);
});

it("keys that a mapping has again and again are told up to a number", () => {
  const text = `${HEAD}files:\n  - {source: a, destination: /x${", source: a".repeat(2_000)}}\n`;
  expect(lintAppSpec(text, null).findings.filter(({ check }) => check === "repeated-key")).toHaveLength(300);
});

it("names in findings steer no terminal, and have an end", () => {
  const [finding] = lintAppSpec(
    `${HEAD}hooks:\n  "Af\\e[31m${"x".repeat(500)}":\n    - location: a\n`,
    null,
  ).findings.filter(({ check }) => check === "unknown-event");
  const told = describeFinding("appspec.yml", finding!);
  expect(told).toMatch(/^appspec\.yml line 4: Af\\x1b\[31mx+… \(\d+ characters\) is not a lifecycle event/);
  expect(CHECK_NAMES).toContain(finding!.check);
});
