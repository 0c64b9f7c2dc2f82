import { readFileSync } from "node:fs";
import { createHost } from "@sluice/agent/host/host.ts";
import type { HostConfigInput } from "@sluice/agent/host/host-config.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";

// A process of its own for each archive, with the settings of an agent's: the peak of its memory is the archive's doing.

export interface UnpackOrder {
  readonly directory: string;
  readonly bundle: string;
  readonly type: "tar" | "tgz" | "zip";
  readonly events: readonly string[];
  readonly config: HostConfigInput;
}

export interface Unpacked {
  /** Of the last event that ran. */
  readonly message: string;
  readonly seconds: number;
  /** Before the first event, and at most. */
  readonly idleMebibytes: number;
  readonly peakMebibytes: number;
}

process.once("message", async ({ directory, bundle, type, events, config }: UnpackOrder) => {
  const host = createHost({ directory, isLocal: true, config });
  host.sweepOnStart();
  const idleMebibytes = mebibytesOf("VmRSS");
  const start = performance.now();
  let message = "";
  for (const commandName of events) {
    const command = { commandName, specification: specificationOf(bundle, type), bundleUrl: undefined };
    const outcome = await host.run(command, { write: () => {} }, new AbortController().signal);
    message = outcome.message;
    if (outcome.errorCode !== 0) break;
  }
  host.close();
  const seconds = (performance.now() - start) / 1_000;
  const unpacked: Unpacked = { message, seconds, idleMebibytes, peakMebibytes: mebibytesOf("VmHWM") };
  process.send?.(unpacked, () => process.disconnect());
});

function mebibytesOf(name: "VmRSS" | "VmHWM"): number {
  const kibibytes = new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kibibytes) / 1_024;
}

function specificationOf(Location: string, BundleType: string): DeploymentSpecification {
  return {
    DeploymentId: "d-HOSTILE01",
    DeploymentGroupId: "hostile",
    DeploymentGroupName: "hostile",
    ApplicationName: "shop",
    DeploymentCreator: "user",
    DeploymentType: "IN_PLACE",
    AppSpecFilename: "appspec.yml",
    Revision: { RevisionType: "Local File", LocalRevision: { Location, BundleType } },
  };
}
