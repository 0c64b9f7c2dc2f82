import type { ProgramPlatform } from "@sluice/model/program-platforms.ts";

/** What a release is made for. */
export interface Platform {
  /** As Node and the names of our files have it. */
  readonly name: ProgramPlatform;
  readonly debian: "amd64" | "arm64";
  /** As container images say it. */
  readonly image: "amd64" | "arm64";
}

export const PLATFORMS: readonly Platform[] = [
  { name: "linux-x64", debian: "amd64", image: "amd64" },
  { name: "linux-arm64", debian: "arm64", image: "arm64" },
];
