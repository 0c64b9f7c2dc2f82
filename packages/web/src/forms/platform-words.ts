import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import type { IconName } from "../design/icon.tsx";

interface PlatformWords {
  readonly title: string;
  readonly icon: IconName;
  readonly description: string;
}

/** What the API's names of compute platforms mean. */
export const PLATFORM_WORDS: Readonly<Record<ComputePlatform, PlatformWords>> = {
  Server: {
    title: "EC2 / on-premises",
    icon: "server",
    description: "Hosts that run an agent: it installs a bundle and runs its scripts.",
  },
  ECS: {
    title: "ECS",
    icon: "layers",
    description: "A container service: new tasks beside the old ones, and traffic that moves to them.",
  },
  Lambda: {
    title: "Lambda",
    icon: "zap",
    description: "A function: traffic of an alias moves from one version to another.",
  },
};

export const PLATFORM_ORDER: readonly ComputePlatform[] = ["Server", "ECS", "Lambda"];

export function platformOf(name: string | undefined): ComputePlatform {
  return PLATFORM_ORDER.find((platform) => platform === name) ?? "Server";
}

export function platformTitle(name: string | undefined): string {
  return PLATFORM_WORDS[platformOf(name)].title;
}
