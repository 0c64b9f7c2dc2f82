import type { Command } from "commander";
import { addExamples, addJsonOption } from "../arguments/options.ts";
import { print, printJson } from "../output.ts";
import { ownRelease } from "../release/own-release.ts";

export function define(command: Command): void {
  addJsonOption(command);
  addExamples(command, "sluice version", "sluice version --json");
  command.action(async (options: { readonly json?: boolean }) => {
    const release = await ownRelease();
    const node = process.version;
    if (options.json) {
      printJson({ ...release, node });
      return;
    }
    const { version, commit, platform, isSingleFile, program } = release;
    const kind = isSingleFile ? "one executable" : "a checkout";
    print(`sluice ${version} for ${platform}, commit ${commit ?? "unknown"}, Node ${node}`);
    print(`${program} (${kind})`);
  });
}
