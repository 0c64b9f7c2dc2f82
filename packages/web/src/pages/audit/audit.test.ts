import { expect, it } from "vitest";
import { auditInput, isFiltered } from "./audit-input.ts";
import { auditSearch } from "./audit-search.ts";
import { callerWords, namesInRequest, recordText, resourceWords } from "./audit-words.ts";

it("asks for what the URL says, and for nothing else", () => {
  const search = auditSearch({ caller: " ada ", outcome: "refused", range: "1h", event: "e-1", more: "x" });
  expect(auditInput(search, 7_200_000)).toEqual({
    caller: "ada",
    outcome: "refused",
    startTime: new Date(3_600_000),
  });
  expect(auditInput(auditSearch({ outcome: "lost", operation: " " }), 0)).toEqual({});
  expect([isFiltered(search), isFiltered(auditSearch({ event: "e-1" }))]).toEqual([true, false]);
});

it("calls a caller by the name that says most, with what steers a terminal written out", () => {
  expect(callerWords({ type: "Root", arn: "arn:aws:iam::123456789012:root" })).toBe("root");
  expect(callerWords({ type: "IAMUser", arn: "arn:aws:iam::123456789012:user/ada", userName: "ada" })).toBe("ada");
  expect(callerWords({ type: "Unknown", accessKeyId: "AKIA\u001b[2J\u202e" })).toBe("AKIA\\x1b[2J\\u202e");
  expect(callerWords({ type: "Unknown" })).toBe("nobody known");
});

it("leaves out of an ARN what is the same everywhere", () => {
  expect(resourceWords("arn:aws:codedeploy:eu-central-1:123456789012:deploymentgroup:web/live")).toBe(
    "deploymentgroup:web/live",
  );
  expect(resourceWords("arn:aws:s3:::sluice-revisions/a:b")).toBe("sluice-revisions/a:b");
  expect(resourceWords("d-1\n")).toBe("d-1\\n");
});

it("shows a record as JSON of several lines, in which nothing is hidden", () => {
  expect(recordText('{"userAgent":"a\\u202eb"}')).toBe('{\n  "userAgent": "a\\u202eb"\n}');
  expect(recordText("no JSON\t")).toBe("no JSON\\t");
});

it("names what a call was about where its record has no resources", () => {
  const requestParameters = {
    applicationName: "web\u0007",
    description: "x",
    deploymentGroupName: "live",
    userName: "c",
  };
  expect(namesInRequest(JSON.stringify({ requestParameters }))).toBe("web\\x07 / live");
  expect([JSON.stringify({ requestParameters: null }), "{}", "no JSON"].map(namesInRequest)).toEqual(["", "", ""]);
});
