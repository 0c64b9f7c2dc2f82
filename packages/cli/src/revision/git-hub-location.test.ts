import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { parseGitHubLocation } from "./git-hub-location.ts";

test.each(["acme/web@0f1e2d", "repository=acme/web,commitId=0f1e2d"])("%s is a commit on GitHub", (text) => {
  const gitHubLocation = { repository: "acme/web", commitId: "0f1e2d" };
  expect(parseGitHubLocation(text)).toEqual({ revisionType: "GitHub", gitHubLocation });
});

test.each(["acme/web", "acme@0f", "https://github.com/acme/web@0f", "repository=acme/web", "acme/web@", "a/b/c@d"])(
  "%s is none",
  (text) => {
    expect(() => parseGitHubLocation(text)).toThrow(InvalidArgumentError);
  },
);
