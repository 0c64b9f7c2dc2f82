import { expect, it } from "vitest";
import { formatRevision } from "./diff.ts";
import { formatCluster } from "./failures.ts";

it("shows a difference without a character that steers a terminal", () => {
  const lines = formatRevision({
    isSame: false,
    trouble: "s3://b/\u001b[31m is gone.",
    files: [
      { path: "a\u202eb", change: "changed", fromBytes: 1, toBytes: 2 },
      { path: "new", change: "added", toBytes: 3 },
      { path: "old", change: "removed", fromBytes: 4 },
    ],
    moreFiles: 5,
    texts: [
      {
        name: "appspec.yml",
        lines: [
          ...Array.from({ length: 10 }, (_, index) => ({ kind: "same" as const, text: `line ${index}` })),
          { kind: "removed", text: "os: \u0007linux" },
          { kind: "added", text: "os: windows" },
        ],
      },
    ],
  });
  expect(lines).toEqual([
    "note: s3://b/\\x1b[31m is gone.",
    "Files (8 differ):",
    "  ~ a\\u202eb  (1 to 2 bytes)",
    "  + new  (3 bytes)",
    "  - old  (4 bytes)",
    "  … and 5 more",
    "",
    "appspec.yml:",
    "    line 7",
    "    line 8",
    "    line 9",
    "  - os: \\x07linux",
    "  + os: windows",
  ]);
  expect(formatRevision({ isSame: true, files: [], moreFiles: 0, texts: [] })).toEqual(["The revisions are the same."]);
});

it("shows a cluster with its line marked, and counts the hosts that it does not name", () => {
  const hosts = Array.from({ length: 7 }, (_, index) => `web-${index}`);
  const text = formatCluster({
    line: "no \u001b]0;space",
    lifecycleEvent: "Install",
    errorCode: "ScriptFailed",
    scriptName: "a.sh",
    targetIds: hosts,
    hostNames: hosts,
    firstAt: new Date(0),
    sample: ["before", "no \u001b]0;space"],
  });
  expect(text.split("\n")).toEqual([
    "7 hosts in Install: no \\x1b]0;space",
    "  ScriptFailed, script a.sh",
    "  web-0, web-1, web-2, web-3, web-4, and 2 more",
    "  | before",
    "  > no \\x1b]0;space",
  ]);
});
