import { execFile, execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { type NamespaceSet, openNamespaces } from "@sluice/cli/up/isolation/namespace.ts";

const CHECKOUT = resolve(import.meta.dirname, "../../..");
/** Empty on every Debian, and covered here by a file system in memory. */
const PLACE = "/media";
/** What pages write to: changed here in memory only. */
const OVERLAID = ["/opt", "/var", "/etc", "/usr", "/root"];
const ORDINARY_USER_ID = "20001";
/** The name by which the guides call the server. */
const SERVER_NAME = "deploy.example.org";

export type User = "root" | "ordinary";

/**
 * A machine for one reader: files, network, ports and processes of its own, and a fresh clone of the repository. Nothing that happens in it reaches
 * the machine that the test runs on, and closing it ends everything that was started in it.
 */
export class World {
  readonly enter: readonly string[];
  readonly clone = `${PLACE}/clone`;
  readonly environment: NodeJS.ProcessEnv;
  readonly #namespaces: NamespaceSet;

  private constructor(namespaces: NamespaceSet, user: User, debianCliFirst: boolean) {
    this.#namespaces = namespaces;
    const become =
      user === "root"
        ? []
        : ["setpriv", `--reuid=${ORDINARY_USER_ID}`, `--regid=${ORDINARY_USER_ID}`, "--clear-groups"];
    this.enter = [...namespaces.enter, "env", `--chdir=${this.clone}`, ...become];
    this.environment = {
      HOME: `${PLACE}/home`,
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
      PATH: debianCliFirst ? `/usr/bin:${process.env.PATH}` : process.env.PATH,
    };
  }

  /** @param options `debianCliFirst`: with the AWS CLI of Debian, where that is installed, and not the one that the tests use */
  static async open(user: User, options: { readonly debianCliFirst: boolean }): Promise<World> {
    const namespaces = await openNamespaces();
    try {
      const world = new World(namespaces, user, options.debianCliFirst);
      await promisify(execFile)(...split([...namespaces.enter, "sh", "-euc", setUp(user)]));
      return world;
    } catch (error) {
      await namespaces.close();
      throw error;
    }
  }

  /** As whoever reads the page. */
  async write(path: string, content: string): Promise<void> {
    const child = execFile(...split([...this.enter, "sh", "-euc", 'mkdir -p "$(dirname "$0")" && cat >"$0"', path]));
    child.stdin?.end(content);
    await new Promise<void>((done, failed) => {
      child.once("exit", (status) => (status === 0 ? done() : failed(new Error(`${path} cannot be written`))));
    });
  }

  /** Runs a program as root of this machine, and gives what it printed. */
  run(argv: readonly string[]): Promise<string> {
    return this.#namespaces.run(argv);
  }

  close(): Promise<void> {
    return this.#namespaces.close();
  }
}

function split([program = "", ...args]: readonly string[]): [string, string[]] {
  return [program, args];
}

/** What Debian's python3-boto3 brings: a part of the boto3 that the tests use, for the machine's own Python, where that has none. */
const BOTO3_OF_DEBIAN = `
    if [ -x /usr/bin/python3 ] && ! /usr/bin/python3 -c 'import boto3' 2>/dev/null; then
      from=$(python3 -c 'import boto3, os; print(os.path.dirname(os.path.dirname(boto3.__file__)))' 2>/dev/null || :)
      to=$(/usr/bin/python3 -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
      if [ -n "$from" ]; then
        mkdir -p "$to/botocore/data"
        for name in boto3 s3transfer jmespath dateutil urllib3 six.py; do cp -r "$from/$name" "$to/"; done
        find "$from/botocore" -mindepth 1 -maxdepth 1 ! -name data -exec cp -r -t "$to/botocore" {} +
        find "$from/botocore/data" -mindepth 1 -maxdepth 1 ! -type d -exec cp -t "$to/botocore/data" {} +
        for name in codedeploy lambda; do cp -r "$from/botocore/data/$name" "$to/botocore/data/"; done
      fi
    fi`;

function setUp(user: User): string {
  const overlays = OVERLAID.map((directory) => {
    const layer = `${PLACE}/layers${directory}`;
    return `mkdir -p ${layer}/upper ${layer}/work
      mount -t overlay overlay -o lowerdir=${directory},upperdir=${layer}/upper,workdir=${layer}/work ${directory}`;
  });
  return `
    mount -t proc proc /proc
    ip link set lo up
    mount -t tmpfs -o mode=755 tmpfs ${PLACE}
    # The sockets of the machine's services, such as a Docker Engine's, are not this one's.
    mount -t tmpfs -o mode=755 tmpfs /run
    mkdir ${PLACE}/checkout && mount --bind ${CHECKOUT} ${PLACE}/checkout
    ${overlays.join("\n")}
    ${BOTO3_OF_DEBIAN}
    mkdir ${PLACE}/home ${PLACE}/clone
    # What git would clone, with the changes that are being tried; and what npm ci and npm run build would make of it.
    cd ${CHECKOUT}
    git -c safe.directory='*' ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do [ -e "$f" ] && printf "%s\\0" "$f"; done; :' sh |
      tar -c --null --no-recursion -T - -f - | tar -x -C ${PLACE}/clone -f -
    ln -s ${PLACE}/checkout/node_modules ${PLACE}/clone/node_modules
    mkdir -p dist/programs ${PLACE}/clone/dist
    tar -c --exclude=dist/programs dist | tar -x -C ${PLACE}/clone
    # Names of Node's file cost nothing there; in memory each would be a copy of it.
    ln -s ${PLACE}/checkout/dist/programs ${PLACE}/clone/dist/programs
    echo '127.0.0.1 ${SERVER_NAME}' >>/etc/hosts
    chmod 755 /root
    mount -t tmpfs -o mode=1777 tmpfs /tmp
    ${
      user === "root"
        ? ""
        : `echo 'reader:x:${ORDINARY_USER_ID}:${ORDINARY_USER_ID}::${PLACE}/home:/bin/bash' >>/etc/passwd
    chown -R ${ORDINARY_USER_ID}:${ORDINARY_USER_ID} ${PLACE}/home ${PLACE}/clone`
    }`;
}

/** Why pages cannot be pasted here; undefined when they can. */
export function whyNoPasting(): string | undefined {
  const missing = ["script", "setpriv", "git"].filter((program) => !isInstalled(program));
  return missing.length > 0 ? `not installed: ${missing.join(", ")}` : undefined;
}

export function isInstalled(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
