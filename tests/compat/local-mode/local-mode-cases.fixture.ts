/**
 * What is deployed by our `sluice local` and by the reference's local mode, each in a world of its own under the same path, of which nothing else is seen.
 * In texts `@W` is that path: `@W/dest` is where files go, `@W/out` where scripts leave their environment, `@W/bin` the beginning of PATH.
 */
export interface LocalCase {
  readonly name: string;
  /** Run in turn, whatever the one before came to. */
  readonly steps: readonly Step[];
  /** Differences that it shows: ids of {@link DIFFERENCES}. */
  readonly differs?: readonly string[];
  /** In the environment of both commands. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Lines for the AWS agent's configuration file. */
  readonly configuration?: string;
}

export interface Step {
  /** Files of the revision; a script begins with `#!`. */
  readonly files: Readonly<Record<string, string>>;
  /** Run in the directory of the revision when its files are there, and in `@W` after that. */
  readonly inRevision?: string;
  readonly inWorld?: string;
  readonly pack?: "zip" | "tgz" | "tar";
  /** Options of both commands, by their long names. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Writes down the event, the environment and the directory in which it runs; takes its exit status from its name (`exit-3.sh`). */
const HOOK = `#!/bin/sh
{ echo "CWD=$(pwd)"; env; } | grep -v '^\\(PWD\\|OLDPWD\\|_\\|SHLVL\\|SLUICE_SCRIPT_MARK\\)=' | sort > "@W/out/$(ls @W/out | wc -l)-$LIFECYCLE_EVENT-\${0##*/}"
echo "out of $LIFECYCLE_EVENT"
echo "err of $LIFECYCLE_EVENT" >&2
code=\${0##*exit-}; code=\${code%.sh}
case $code in [0-9]*) exit "$code" ;; esac
`;

const EVENTS = [
  ...["BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop", "BeforeInstall", "AfterInstall"],
  ...["ApplicationStart", "ValidateService", "BeforeAllowTraffic", "AfterAllowTraffic"],
];

type Hooks = Readonly<Record<string, readonly string[]>>;

function appSpec({
  files = "  - source: app\n    destination: @W/dest",
  hooks = {},
  more = "",
}: {
  readonly files?: string;
  readonly hooks?: Hooks;
  readonly more?: string;
} = {}): string {
  const events = Object.entries(hooks).map(
    ([event, scripts]) => `  ${event}:\n${scripts.map((script) => `    - location: ${script}\n`).join("")}`,
  );
  return `version: 0.0\nos: linux\nfiles:\n${files}\n${more}${events.length === 0 ? "" : `hooks:\n${events.join("")}`}`;
}

const everyEvent = (script: string): Hooks => Object.fromEntries(EVENTS.map((event) => [event, [script]]));
const APP = { "app/index.html": "<h1>hello</h1>\n", "app/bin/start": "#!/bin/sh\n", "app/conf/site.conf": "a=1\n" };

function one(name: string, step: Step, more: Omit<LocalCase, "name" | "steps"> = {}): LocalCase {
  return { name, steps: [step], ...more };
}

function permissions(...entries: readonly string[]): string {
  return `permissions:\n${entries.map((entry) => `  - ${entry.trim().replaceAll("\n", "\n    ")}\n`).join("")}`;
}

const second = (files: Readonly<Record<string, string>>, more: Partial<Step> = {}): Step => ({ files, ...more });

export const LOCAL_CASES: readonly LocalCase[] = [
  one("a directory with directories", { files: { "appspec.yml": appSpec(), ...APP } }),
  one("single files", {
    files: {
      "appspec.yml": appSpec({
        files:
          "  - source: app/index.html\n    destination: @W/dest/html\n  - source: app/bin/start\n    destination: @W/dest/deep/er",
      }),
      ...APP,
    },
  }),
  one("the whole revision, and one directory once more", {
    files: {
      "appspec.yml": appSpec({
        files: "  - source: /\n    destination: @W/dest/all\n  - source: app\n    destination: @W/dest/app",
      }),
      ...APP,
    },
  }),
  one("empty directories", {
    files: { "appspec.yml": appSpec(), ...APP },
    inRevision: "mkdir -p app/empty/emptier app/tmp",
  }),
  one("names with spaces, quotes and letters of all languages", {
    files: {
      "appspec.yml": appSpec(),
      "app/a b  c.txt": "1",
      "app/über/日本語 файл": "2",
      'app/it\'s "quoted" $HOME': "3",
      "app/-rf": "4",
      "app/😀": "5",
    },
  }),
  one(
    "modes of files in a directory",
    {
      files: { "appspec.yml": appSpec(), ...APP },
      inRevision:
        "chmod 600 app/index.html; chmod 4755 app/bin/start; chmod 444 app/conf/site.conf; chmod 666 appspec.yml",
    },
    { differs: ["archive-access"] },
  ),
  one(
    "modes and owners in a tar",
    {
      files: { "appspec.yml": appSpec(), ...APP },
      inRevision: "chmod 2775 app/bin/start; chmod 640 app/conf/site.conf; chown -R 1234:2345 app",
      pack: "tar",
    },
    { differs: ["archive-access"] },
  ),
  one("a zip", { files: { "appspec.yml": appSpec(), ...APP }, pack: "zip" }),
  one("a tgz in one directory", {
    files: {
      "shop-1.2/appspec.yml": appSpec(),
      ...Object.fromEntries(Object.entries(APP).map(([name, text]) => [`shop-1.2/${name}`, text])),
    },
    pack: "tgz",
  }),
  one("permissions of everything below", {
    files: {
      "appspec.yml": appSpec({
        more: permissions('object: @W/dest\npattern: "**"\nowner: nobody\ngroup: nogroup\nmode: 640\ntype:\n  - file'),
      }),
      ...APP,
    },
  }),
  one("permissions by pattern and except", {
    files: {
      "appspec.yml": appSpec({
        more: permissions(
          'object: @W/dest\npattern: "*.conf"\nexcept: ["secret.conf"]\nmode: 600\nowner: nobody\ntype:\n  - file',
          'object: @W/dest\npattern: "*.sh"\nmode: 755',
        ),
      }),
      "app/a.conf": "a",
      "app/secret.conf": "s",
      "app/sub/b.conf": "b",
      "app/run.sh": "#!/bin/sh\n",
      "app/sub/run.sh": "x",
    },
  }),
  one("permissions of directories, and of files and directories", {
    files: {
      "appspec.yml": appSpec({
        files: "  - source: app\n    destination: @W/dest/one\n  - source: app\n    destination: @W/dest/two",
        more: permissions(
          "object: @W/dest/one\nmode: 2750\ngroup: nogroup\ntype:\n  - directory",
          "object: @W/dest/two\nmode: 750\nowner: nobody",
        ),
      }),
      ...APP,
    },
  }),
  one("permissions of one file", {
    files: {
      "appspec.yml": appSpec({
        more: permissions("object: @W/dest/bin/start\nmode: 4750\nowner: nobody\ngroup: nogroup"),
      }),
      ...APP,
    },
  }),
  one("permissions reach nothing that was there before", {
    files: {
      "appspec.yml": appSpec({
        more: permissions("object: @W/dest\nmode: 600\nowner: nobody\ntype:\n  - file\n  - directory"),
      }),
      ...APP,
    },
    inWorld: "mkdir dest/conf; echo old > dest/old; chmod 644 dest/old",
  }),
  one("permissions of what is not there", {
    files: {
      "appspec.yml": appSpec({
        more: permissions("object: @W/nowhere\nmode: 600", "object: @W/dest/index.html\nmode: 600"),
      }),
      ...APP,
    },
  }),
  one(
    "an owner who does not exist",
    { files: { "appspec.yml": appSpec({ more: permissions("object: @W/dest\nowner: no-such-user") }), ...APP } },
    { differs: ["checked-first"] },
  ),
  one("a file with two permissions", {
    files: {
      "appspec.yml": appSpec({
        more: permissions("object: @W/dest\nmode: 600", "object: @W/dest/index.html\nmode: 600"),
      }),
      ...APP,
    },
  }),
  one("access lists", {
    files: {
      "appspec.yml": appSpec({
        more: permissions(
          'object: @W/dest\npattern: "*.html"\nmode: 640\nacls:\n  - user:nobody:rw\n  - group:nogroup:r-x\ntype:\n  - file',
        ),
      }),
      ...APP,
    },
  }),
  one("access lists of files with different modes", {
    files: {
      "appspec.yml": appSpec({
        more: permissions('object: @W/dest\npattern: "**"\nacls:\n  - user:nobody:rw\n  - mask::rwx\ntype:\n  - file'),
      }),
      ...APP,
    },
    inRevision: "chmod 600 app/conf/site.conf",
  }),
  one("default access lists of directories", {
    files: {
      "appspec.yml": appSpec({
        more: permissions(
          "object: @W/dest\nmode: 750\nacls:\n  - default:user:nobody:rwx\n  - default:group::r-x\n  - default:mask::rwx\ntype:\n  - directory",
        ),
      }),
      ...APP,
    },
  }),
  one("a file that exists: DISALLOW", {
    files: { "appspec.yml": appSpec(), ...APP },
    inWorld: "mkdir -p dest/conf; echo mine > dest/conf/site.conf",
  }),
  one("a file that exists: OVERWRITE", {
    files: { "appspec.yml": appSpec(), ...APP },
    inWorld: "mkdir -p dest/conf; echo mine > dest/conf/site.conf; echo other > dest/conf/other",
    options: { "file-exists-behavior": "OVERWRITE" },
  }),
  one("a file that exists: RETAIN", {
    files: { "appspec.yml": appSpec(), ...APP },
    inWorld: "mkdir -p dest/conf; echo mine > dest/conf/site.conf",
    options: { "file-exists-behavior": "RETAIN" },
  }),
  one("the AppSpec's file_exists_behavior comes before the option", {
    files: { "appspec.yml": appSpec({ more: "file_exists_behavior: RETAIN\n" }), ...APP },
    inWorld: "mkdir -p dest/conf; echo mine > dest/conf/site.conf",
    options: { "file-exists-behavior": "OVERWRITE" },
  }),
  {
    name: "a second revision removes what the first installed, and nothing else",
    steps: [
      { files: { "appspec.yml": appSpec(), ...APP, "app/only/in/first": "1" } },
      second(
        { "appspec.yml": appSpec(), "app/index.html": "two", "app/new/file": "2" },
        { inWorld: "echo mine > dest/conf/mine" },
      ),
    ],
  },
  {
    name: "overwritten and retained files in a second revision",
    steps: [
      {
        files: { "appspec.yml": appSpec(), ...APP },
        inWorld: "mkdir -p dest/conf; echo mine > dest/conf/site.conf",
        options: { "file-exists-behavior": "OVERWRITE" },
      },
      second({ "appspec.yml": appSpec(), "app/index.html": "two" }),
    ],
    differs: ["originals"],
  },
  {
    name: "events of a second deployment: stop scripts are those of the first",
    steps: [
      { files: { "appspec.yml": appSpec({ hooks: everyEvent("first.sh") }), "first.sh": HOOK, ...APP } },
      second({ "appspec.yml": appSpec({ hooks: everyEvent("second.sh") }), "second.sh": HOOK, ...APP }),
    ],
    differs: ["working-directory"],
  },
  {
    name: "a stop script of the revision before that fails",
    steps: [
      { files: { "appspec.yml": appSpec({ hooks: { ApplicationStop: ["exit-7.sh"] } }), "exit-7.sh": HOOK, ...APP } },
      second({ "appspec.yml": appSpec(), "app/index.html": "two" }),
    ],
    differs: ["working-directory"],
  },
  {
    name: "deployments after one that failed before Install, and after one that failed in it",
    steps: [
      { files: { "appspec.yml": appSpec(), ...APP } },
      second({
        "appspec.yml": appSpec({ hooks: { BeforeInstall: ["exit-1.sh"] } }),
        "exit-1.sh": HOOK,
        "app/index.html": "two",
      }),
      second(
        { "appspec.yml": appSpec(), "app/index.html": "three", "app/taken": "3" },
        { inWorld: "echo mine > dest/taken" },
      ),
      second({ "appspec.yml": appSpec(), "app/index.html": "four" }),
    ],
    differs: ["working-directory"],
  },
  one(
    "environment of hooks",
    {
      files: { "appspec.yml": appSpec({ hooks: everyEvent("hook.sh") }), "hook.sh": HOOK, ...APP },
      options: {
        "application-name": "shop",
        "deployment-group-name": "tills",
        "deployment-group": "0a1b2c3d-1111-2222-3333-444455556666",
      },
    },
    {
      environment: { JAVA_HOME: "/opt/java", AWS_SECRET_ACCESS_KEY: "secret" },
      differs: ["working-directory", "environment"],
    },
  ),
  one(
    "several scripts, of which the second fails",
    {
      files: {
        "appspec.yml": appSpec({ hooks: { AfterInstall: ["a.sh", "exit-3.sh", "c.sh"], ApplicationStart: ["a.sh"] } }),
        "a.sh": HOOK,
        "exit-3.sh": HOOK,
        "c.sh": HOOK,
        ...APP,
      },
    },
    { differs: ["working-directory"] },
  ),
  one("a script that takes too long", {
    files: {
      "appspec.yml": appSpec({ more: "hooks:\n  AfterInstall:\n    - location: slow.sh\n      timeout: 1\n" }),
      "slow.sh": "#!/bin/sh\necho begun\nsleep 60\n",
      ...APP,
    },
  }),
  one("a script that is missing", {
    files: { "appspec.yml": appSpec({ hooks: { AfterInstall: ["no.sh"] } }), ...APP },
  }),
  one(
    "a script that is not executable",
    {
      files: { "appspec.yml": appSpec({ hooks: { AfterInstall: ["plain.sh"] } }), "plain.sh": HOOK, ...APP },
      inRevision: "chmod 644 plain.sh",
    },
    { differs: ["working-directory"] },
  ),
  one("a script without an interpreter line", {
    files: { "appspec.yml": appSpec({ hooks: { AfterInstall: ["bare.sh"] } }), "bare.sh": "echo bare\n", ...APP },
    inRevision: "chmod 755 bare.sh",
  }),
  one(
    "runas",
    {
      files: {
        "appspec.yml": appSpec({ more: "hooks:\n  AfterInstall:\n    - location: hook.sh\n      runas: deploy\n" }),
        "hook.sh": HOOK,
        ...APP,
      },
      inWorld: "chmod 777 out",
    },
    { differs: ["working-directory", "runas"] },
  ),
  one(
    "runas of a user who may not log in",
    {
      files: {
        "appspec.yml": appSpec({ more: "hooks:\n  AfterInstall:\n    - location: hook.sh\n      runas: nobody\n" }),
        "hook.sh": HOOK,
        ...APP,
      },
      inWorld: "chmod 777 out",
    },
    { differs: ["runas"] },
  ),
  one(
    "sudo",
    {
      files: {
        "appspec.yml": appSpec({ more: "hooks:\n  AfterInstall:\n    - location: hook.sh\n      sudo: true\n" }),
        "hook.sh": HOOK,
        ...APP,
      },
      inWorld:
        'printf \'#!/bin/sh\\nwhile [ "${1#-}" != "$1" ]; do shift; done; SUDO=yes exec "$@"\\n\' > bin/sudo; chmod 755 bin/sudo',
    },
    { differs: ["working-directory"] },
  ),
  one("links: relative, absolute, dangling, and to itself", {
    files: { "appspec.yml": appSpec(), ...APP },
    inRevision:
      "ln -s index.html app/relative; ln -s /etc/hostname app/absolute; ln -s nowhere app/dangling; ln -s circle app/circle",
  }),
  one(
    "a link to a directory",
    { files: { "appspec.yml": appSpec(), ...APP }, inRevision: "ln -s conf app/settings" },
    { differs: ["directory-links"] },
  ),
  one("a link to a directory that is copied", {
    files: { "appspec.yml": appSpec({ more: "directory_link_behavior: COPY\n" }), ...APP },
    inRevision: "ln -s conf app/settings",
  }),
  one("hard links in a tar", {
    files: { "appspec.yml": appSpec(), ...APP },
    inRevision: "ln app/index.html app/again.html",
    pack: "tar",
  }),
  one("a link on the way to the destination", {
    files: { "appspec.yml": appSpec({ files: "  - source: app\n    destination: @W/dest/current/html" }), ...APP },
    inWorld: "mkdir dest/v1; ln -s v1 dest/current",
  }),
  one(
    "a link at the place of a file: OVERWRITE",
    {
      files: { "appspec.yml": appSpec(), ...APP },
      inWorld: "mkdir dest/conf; echo mine > dest/mine; ln -s ../mine dest/conf/site.conf",
      options: { "file-exists-behavior": "OVERWRITE" },
    },
    { differs: ["through-links"] },
  ),
  one("a process in the background that closes its output", {
    files: {
      "appspec.yml": appSpec({ hooks: { ApplicationStart: ["start.sh"] } }),
      "start.sh": "#!/bin/sh\nsleep 2 >/dev/null 2>&1 </dev/null &\necho started\n",
      ...APP,
    },
  }),
  one(
    "a process in the background that keeps the output open",
    {
      files: {
        "appspec.yml": appSpec({ more: "hooks:\n  ApplicationStart:\n    - location: start.sh\n      timeout: 2\n" }),
        "start.sh": "#!/bin/sh\nsleep 4 &\necho started\n",
        ...APP,
      },
    },
    { differs: ["open-outputs"] },
  ),
  one("outputs: long lines, no line end, carriage returns, much", {
    files: {
      "appspec.yml": appSpec({ hooks: { AfterInstall: ["talk.sh"] } }),
      "talk.sh":
        "#!/bin/sh\nprintf 'a\\tb\\nprogress 1%%\\rprogress 2%%\\n'; head -c 20000 /dev/zero | tr '\\0' x; echo; seq 1 500; printf 'no end'\n",
      ...APP,
    },
  }),
  one(
    "a list of events of one's own",
    {
      files: { "appspec.yml": appSpec({ hooks: everyEvent("hook.sh") }), "hook.sh": HOOK, ...APP },
      options: { events: "ValidateService,ApplicationStop" },
    },
    { differs: ["working-directory"] },
  ),
  one(
    "DownloadBundle after ApplicationStop",
    {
      files: { "appspec.yml": appSpec({ hooks: everyEvent("hook.sh") }), "hook.sh": HOOK, ...APP },
      options: { events: "ApplicationStop,DownloadBundle,ApplicationStart" },
    },
    { differs: ["working-directory"] },
  ),
  one(
    "a hook with a name of one's own",
    {
      files: { "appspec.yml": appSpec({ hooks: { Migrate: ["hook.sh"] } }), "hook.sh": HOOK, ...APP },
      options: { events: "DownloadBundle,Install,Migrate" },
    },
    { differs: ["working-directory"] },
  ),
  one("an event that is nobody's", {
    files: { "appspec.yml": appSpec(), ...APP },
    options: { events: "DownloadBundle,Install,Migrate" },
  }),
  one(
    "a hook for no event",
    {
      files: {
        "appspec.yml": appSpec({ hooks: { BeforeInstall: ["hook.sh"], AfterInstal: ["hook.sh"] } }),
        "hook.sh": HOOK,
        ...APP,
      },
    },
    { differs: ["checked-first"] },
  ),
  one("events in an order that cannot be", {
    files: { "appspec.yml": appSpec(), ...APP },
    options: { events: "AfterInstall,DownloadBundle,Install" },
  }),
  one(
    "an AppSpec of another name",
    {
      files: { "deploy/app.yml": appSpec({ hooks: { AfterInstall: ["hook.sh"] } }), "hook.sh": HOOK, ...APP },
      options: { "appspec-filename": "deploy/app.yml" },
    },
    { differs: ["working-directory"] },
  ),
  one(
    "appspec.yaml",
    { files: { "appspec.yaml": appSpec({ hooks: { AfterInstall: ["hook.sh"] } }), "hook.sh": HOOK, ...APP } },
    { differs: ["appspec-yaml"] },
  ),
  one("no AppSpec", { files: { ...APP } }),
  one("an AppSpec that is broken", { files: { "appspec.yml": "version: 0.1\nos: linux\n", ...APP } }),
  one(
    "a source that is missing",
    {
      files: {
        "appspec.yml": appSpec({
          files: "  - source: app\n    destination: @W/dest\n  - source: missing\n    destination: @W/dest/more",
        }),
        ...APP,
      },
    },
    { differs: ["checked-first"] },
  ),
  one("two sources for one place", {
    files: {
      "appspec.yml": appSpec({
        files:
          "  - source: app/index.html\n    destination: @W/dest\n  - source: other/index.html\n    destination: @W/dest",
      }),
      "other/index.html": "o",
      ...APP,
    },
  }),
  {
    name: "only so many revisions are kept",
    configuration: ":max_revisions: 2\n",
    steps: ["one", "two", "three", "four"].map((text) => second({ "appspec.yml": appSpec(), "app/index.html": text })),
  },
  {
    name: "two groups, of which one takes the other's file",
    steps: [
      { files: { "appspec.yml": appSpec(), ...APP }, options: { "deployment-group": "first" } },
      second(
        { "appspec.yml": appSpec(), "app/index.html": "two" },
        { options: { "deployment-group": "second", "file-exists-behavior": "OVERWRITE" } },
      ),
      second({ "appspec.yml": appSpec(), "app/new": "3" }, { options: { "deployment-group": "first" } }),
    ],
  },
];
