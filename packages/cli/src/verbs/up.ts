import { resolve } from "node:path";
import type { Tag } from "@sluice/wire/sluice/operations.ts";
import type { Command } from "commander";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { namingDirectoryTrouble } from "../file-trouble.ts";
import { addExamples, collectTag, type ListenAddress, parseListenAddress, parsePositiveInteger } from "../options.ts";
import { print, printError } from "../output.ts";
import { hostLabel } from "../printing.ts";
import { terminationAsked } from "../termination.ts";
import { whyNoNamespaces } from "../up/namespace.ts";
import { startUp } from "../up/start-up.ts";
import { HOSTS_MAX } from "../up/subnet.ts";
import { LISTEN_DEFAULT } from "./server.ts";

const DATA_DEFAULT = ".sluice/up";
const HOSTS_DEFAULT = 3;
const TAGS_DEFAULT: readonly Tag[] = [{ Key: "Environment", Value: "up" }];

interface UpOptions {
  readonly hosts?: number;
  readonly data: string;
  readonly tag?: readonly Tag[];
  readonly listen?: ListenAddress;
  readonly config?: string;
}

export function define(command: Command): void {
  command
    .option("--hosts <n>", `how many hosts (default: ${HOSTS_DEFAULT}; without root, 1)`, parsePositiveInteger)
    .option("--data <dir>", "where everything is kept", DATA_DEFAULT)
    .option(
      "--tag <key=value>",
      "a tag of the hosts, besides Name=HOST (repeatable; default: Environment=up)",
      collectTag,
    )
    .option("--listen <host:port>", "where the server listens (default: 127.0.0.1:7450)", parseListenAddress)
    .option("--config <file>", "sluice.yml: which drivers serve load balancers, alarms, topics");
  addExamples(
    command,
    "sluice up --hosts 3",
    "sluice up --hosts 10 --data /tmp/try --tag Environment=prod --listen 127.0.0.1:0",
  );
  command.action(async (options: UpOptions) => {
    const asked = terminationAsked();
    const obstacle = await whyNoNamespaces();
    if (obstacle !== undefined) {
      if ((options.hosts ?? 1) > 1) {
        const message = `--hosts ${options.hosts}: hosts beside each other need namespaces of their own, and ${obstacle}. Leave --hosts out for one host that is this machine.`;
        throw new CommandFailed(message, { exitStatus: EXIT_USAGE });
      }
      print(`One host, which is this machine itself: namespaces for more are not to be had, ${obstacle}.`);
    }
    const count = options.hosts ?? (obstacle === undefined ? HOSTS_DEFAULT : 1);
    if (count > HOSTS_MAX)
      throw new CommandFailed(`--hosts ${count}: at most ${HOSTS_MAX}`, { exitStatus: EXIT_USAGE });

    const tags = options.tag ?? TAGS_DEFAULT;
    await using up = await startUp({
      dataDirectory: options.data,
      isolation: obstacle === undefined ? "namespaces" : "none",
      listen: options.listen ?? LISTEN_DEFAULT,
      count,
      tags,
      configFile: options.config,
    }).catch((error: unknown) => {
      throw namingDirectoryTrouble(error, options.data);
    });
    let isEnding = false;
    print(`Sluice listens on ${up.url}, data in ${resolve(options.data)}`);
    for (const host of up.hosts) {
      print(
        `  ${hostLabel(host.name, host.id)}  ${host.address}  ${tags.map(({ Key, Value }) => `${Key}=${Value}`).join(" ")}`,
      );
      void host.agent.ended.then((status) => {
        if (!isEnding)
          printError(`${hostLabel(host.name, host.id)}: its agent has ended (${status}), see ${host.logFile}`);
      });
    }
    print(`For AWS tools: eval "$(sluice env --data ${options.data})"`);
    print("Ready. Ctrl-C ends it all; what was deployed is there again at the next start.");
    await asked;
    isEnding = true;
    print("Ending the hosts and the server ...");
  });
}
