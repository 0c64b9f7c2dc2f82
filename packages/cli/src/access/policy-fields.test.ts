import { expect, it } from "vitest";
import { formatFields } from "../terminal/printing.ts";
import { policyFields } from "./policy-fields.ts";

const DOCUMENT = '{\n  "Sid": "\u009b2J"\n}\n';

it("shows attached policies by name, and inline ones in full, with nothing that steers a terminal", () => {
  const fields = policyFields({
    policyNames: ["SluiceViewer", "shop"],
    inlinePolicies: [{ policyName: "ci", document: DOCUMENT }],
  });
  expect(formatFields(fields).split("\n")).toEqual([
    "attached  SluiceViewer, shop",
    "inline    ci",
    "          {",
    '            "Sid": "\\x9b2J"',
    "          }",
  ]);
});

it("says that who has no policy may do nothing, and leaves it out where there are inline ones", () => {
  expect(policyFields({ policyNames: [], inlinePolicies: [] })).toEqual([["attached", "none: it may do nothing"]]);
  expect(policyFields({ policyNames: [], inlinePolicies: [{ policyName: "ci", document: "{}" }] })).toEqual([
    ["inline", "ci\n{}"],
  ]);
});
