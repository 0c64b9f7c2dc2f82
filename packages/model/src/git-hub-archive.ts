import type { GitHubLocation } from "./revision-location.ts";

/** The bucket in which the server keeps what it has downloaded from GitHub. */
export const GITHUB_BUCKET = "sluice-github";

/** The object that holds a commit's archive. GitHub's names are the same in any letter case. */
export function archiveObject({ repository, commitId }: GitHubLocation) {
  return {
    bucket: GITHUB_BUCKET,
    key: `${repository.toLowerCase()}/${commitId.toLowerCase()}.tgz`,
    bundleType: "tgz",
  } as const;
}

/** Other names of a commit may mean another one tomorrow, so nothing is kept under them. */
export function isFullCommitId(commitId: string): boolean {
  return /^[0-9a-fA-F]{40}$/.test(commitId);
}
