import { existsSync } from "node:fs";
import type { Command } from "commander";
import { addExamples } from "../arguments/options.ts";
import { namingUnreadable } from "../files/file-trouble.ts";
import { print } from "../output.ts";
import { DATA_VARIABLE, directoryPlace, UP_DIRECTORY } from "../place/server-place.ts";
import { countTasks, describeContainers } from "../up/left-running.ts";
import { endUp, isOfServerAlone, runningUp } from "../up/running-up.ts";
import { deploymentsUnderWay, describeUnderWay } from "../up/under-way.ts";

export function define(command: Command): void {
  command.option(
    "--data <dir>",
    `the data directory of the sluice up (default: ${DATA_VARIABLE}, else the nearest ${UP_DIRECTORY})`,
  );
  addExamples(command, "sluice down", "sluice down --data /tmp/try");
  command.addHelpText(
    "after",
    "\nStops the server, its hosts and the processes that were deployed to them, and the HAProxy that the server ran. Containers of ECS services go on, without a balancer; the next sluice up takes them over, and sluice down says how to remove them. All data is kept for the next sluice up. Exits with 0 if nothing is running.",
  );
  command.action(async (options: { readonly data?: string }) => {
    const place = directoryPlace(options.data);
    if (place === undefined) {
      print(
        `Nothing is running: ${DATA_VARIABLE} is not set, and there is no ${UP_DIRECTORY} in this directory or its parents.`,
      );
      return;
    }
    const { directory } = place;
    await sayWhatIsUnderWay(directory);
    const ended = await endUp(directory).catch((error: unknown) => {
      throw namingUnreadable(error, directory);
    });
    switch (ended) {
      case "ended":
        print(
          `The server and the hosts of ${directory} are stopped. Their data is kept; to remove it: rm -r ${directory}`,
        );
        return;
      case "leftovers":
        print(`Nothing was running in ${directory}; the remains of a killed run are removed.`);
        return;
      case "nothing":
        if (await isOfServerAlone(directory))
          print(
            `No sluice up was started in ${directory}. To stop a sluice server, press Ctrl-C or use its service manager.`,
          );
        else print(`Nothing is running in ${directory}${existsSync(directory) ? "" : ", which does not exist"}.`);
    }
  });
}

/** A server that does not answer is stopped all the same. */
async function sayWhatIsUnderWay(directory: string): Promise<void> {
  try {
    if ((await runningUp(directory))?.ready === undefined) return;
    for (const line of describeUnderWay(await deploymentsUnderWay(directory))) print(line);
    for (const line of describeContainers(directory, await countTasks(directory))) print(line);
  } catch {
    // What is in progress is not known then.
  }
}
