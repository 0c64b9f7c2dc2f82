import { SLUICE_VERSION } from "@sluice/model/version.ts";
import type { Command } from "commander";
import { addExamples, addJsonOption } from "../arguments/options.ts";
import { print, printJson } from "../output.ts";

export function define(command: Command): void {
  addJsonOption(command);
  addExamples(command, "sluice version", "sluice version --json");
  command.action((options: { readonly json?: boolean }) => {
    const { version: node, platform, arch, argv } = process;
    if (options.json) printJson({ version: SLUICE_VERSION, node, platform, arch, program: argv[1] });
    else print(`sluice ${SLUICE_VERSION} (Node ${node}, ${platform} ${arch})`);
  });
}
