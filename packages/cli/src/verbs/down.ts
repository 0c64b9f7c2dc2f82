import { existsSync } from "node:fs";
import type { Command } from "commander";
import { namingUnreadable } from "../file-trouble.ts";
import { addExamples } from "../options.ts";
import { print } from "../output.ts";
import { DATA_VARIABLE, directoryPlace, UP_DIRECTORY } from "../server-place.ts";
import { endUp, isOfServerAlone } from "../up/running-up.ts";

export function define(command: Command): void {
  command.option("--data <dir>", `of which sluice up (default: ${DATA_VARIABLE}, else the nearest ${UP_DIRECTORY})`);
  addExamples(command, "sluice down", "sluice down --data /tmp/try");
  command.addHelpText(
    "after",
    "\nEnds the server, its hosts and what was deployed to them. Their data stays, for the next sluice up. Where nothing runs, it has nothing to do and exits with 0.",
  );
  command.action(async (options: { readonly data?: string }) => {
    const place = directoryPlace(options.data);
    if (place === undefined) {
      print(`Nothing runs: ${DATA_VARIABLE} is not set, and there is no ${UP_DIRECTORY} here or above.`);
      return;
    }
    const { directory } = place;
    const ended = await endUp(directory).catch((error: unknown) => {
      throw namingUnreadable(error, directory);
    });
    switch (ended) {
      case "ended":
        print(
          `The server and the hosts of ${directory} have ended. Its data stays; to remove that, too: rm -r ${directory}`,
        );
        return;
      case "leftovers":
        print(`Nothing ran in ${directory}; what a run that was killed had left has ended.`);
        return;
      case "nothing":
        if (await isOfServerAlone(directory))
          print(`No sluice up was started in ${directory}. A sluice server ends by Ctrl-C, or by its service manager.`);
        else print(`Nothing runs in ${directory}${existsSync(directory) ? "" : ", which does not exist"}.`);
    }
  });
}
