import { isAbsolute, normalize } from "node:path";
import * as v from "valibot";
import { settings, text } from "../settings-schema.ts";

export const DEFAULT_SOCKET = "/var/run/docker.sock";
/** Linux takes 108 bytes for the path of a socket, with its closing zero byte. */
const MAX_SOCKET_PATH_BYTES = 107;
export const MAX_FOLDERS = 100;
export const MAX_SECRETS = 1000;

const NO_MAPPING = "is not a mapping: write it as NAME: FILE lines";

/** As sluice.yml has them; all may be absent. */
export const DOCKER_SETTINGS = settings({
  /** {@link DEFAULT_SOCKET} when absent. */
  socket: v.optional(text("the Docker Engine's socket, such as /var/run/docker.sock", socketProblem)),
  /** Tasks may mount these folders of the machine, and what lies beneath them; none when absent. */
  folders: v.optional(
    v.pipe(
      v.array(text("a folder of this machine that tasks may mount", folderProblem), "is not a list: write [/srv/data]"),
      v.maxLength(MAX_FOLDERS, `has more than ${MAX_FOLDERS} folders: name the folders above them`),
      v.description("the folders of this machine that tasks may mount"),
    ),
  ),
  /** From the name that a task definition says to the file that has the secret. */
  secrets: v.optional(
    v.pipe(
      v.custom<object>((value) => typeof value === "object" && !Array.isArray(value), NO_MAPPING),
      v.record(
        v.string(),
        text("the file that has the secret, such as /etc/sluice/db-password", fileProblem),
        NO_MAPPING,
      ),
      v.check(
        (secrets) => Object.keys(secrets).length <= MAX_SECRETS,
        `has more than ${MAX_SECRETS} secrets: leave out those that no task uses`,
      ),
      v.description("the files of secrets by the names that task definitions say"),
    ),
  ),
  /** The engine chooses one when it is absent. */
  subnet: v.optional(text("the subnet of the tasks' network, such as 10.90.0.0/16", subnetProblem)),
  /** What only AWS has (subnets, security groups, roles of tasks, log groups) is refused when absent: nothing here is what it names. */
  awsOnly: v.optional(
    v.pipe(
      v.picklist(["refuse", "ignore"], "is neither refuse nor ignore"),
      v.description("whether subnets, security groups, roles of tasks and log groups of AWS are refused or ignored"),
    ),
  ),
});

export type DockerSettings = v.InferOutput<typeof DOCKER_SETTINGS>;

function socketProblem(path: string): string | undefined {
  if (!isAbsolute(path)) return `is "${path}": give the whole path of a UNIX socket, without unix:// before it`;
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return undefined;
  return `is longer than ${MAX_SOCKET_PATH_BYTES} bytes, which no socket's path can be: put a link to it in /run`;
}

function folderProblem(path: string): string | undefined {
  if (!isAbsolute(path)) return `has "${path}": give the whole path of a folder`;
  return normalize(path) === "/"
    ? 'has "/", which is the whole machine: name the folders that tasks may have'
    : undefined;
}

function fileProblem(path: string): string | undefined {
  return isAbsolute(path) ? undefined : `is "${path}": give the whole path of a file`;
}

/** IPv4: the balancer and tasks reach each other by such addresses. */
function subnetProblem(subnet: string): string | undefined {
  const [, address = "", bits] = /^((?:[0-9]{1,3}\.){3}[0-9]{1,3})\/([0-9]{1,2})$/.exec(subnet) ?? [];
  const numbers = address.split(".").map(Number);
  const isRight =
    numbers.length === 4 && numbers.every((number) => number <= 255) && Number(bits) >= 8 && Number(bits) <= 28;
  return isRight ? undefined : `is "${subnet}": give an IPv4 network of 8 to 28 bits, such as 10.90.0.0/16`;
}
