import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { InvalidArgumentError } from "commander";

const REPOSITORY = /^[^/\s@=,]+\/[^/\s@=,]+$/;

/** `OWNER/NAME@COMMIT`, or `repository=OWNER/NAME,commitId=COMMIT` as the AWS CLI takes it. */
export function parseGitHubLocation(text: string): RevisionLocation {
  const { repository, commitId } = text.includes("=") ? membersOf(text) : partsOf(text);
  if (!repository || !REPOSITORY.test(repository) || !commitId) {
    throw new InvalidArgumentError(`"${text}" is not OWNER/NAME@COMMIT or repository=OWNER/NAME,commitId=COMMIT`);
  }
  return { revisionType: "GitHub", gitHubLocation: { repository, commitId } };
}

interface Parts {
  readonly repository?: string | undefined;
  readonly commitId?: string | undefined;
}

function partsOf(text: string): Parts {
  const at = text.lastIndexOf("@");
  return at === -1 ? {} : { repository: text.slice(0, at), commitId: text.slice(at + 1) };
}

function membersOf(text: string): Parts {
  return Object.fromEntries(text.split(",").map((part) => part.split("=", 2)));
}
