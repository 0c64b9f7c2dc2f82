import { expect, it } from "vitest";
import type { Principal } from "../access/principal.ts";
import { storedPolicy } from "../access/stored-policy.ts";
import { s3Authorize } from "./s3-access.ts";

it("a batch of deletions passes who may delete something, and each of its keys is asked for", () => {
  const Resource = "arn:aws:s3:::b/mine/*";
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:DeleteObject", Resource }],
  });
  const ann: Principal = {
    ...{ role: "user", accessKeyId: "AKIAANN", hostId: null },
    identity: {
      ...{ kind: "user", arn: "arn:aws:iam::111122223333:user/ann", userId: "AIDAANN", name: "ann", tags: {} },
      ...{ policies: [storedPolicy("hers", text)], asksForTags: false },
    },
  };
  const may = s3Authorize(() => false);
  const action = "s3:DeleteObject";
  const keyOf = (key: string) => ({ action, resource: `arn:aws:s3:::b/${key}`, object: { bucket: "b", key } }) as const;
  expect(may(ann, { action, resource: "arn:aws:s3:::b/*" })).toBe(true);
  expect(may(ann, keyOf("mine/a"))).toBe(true);
  expect(may(ann, keyOf("prod/a"))).toContain("is not authorized to perform: s3:DeleteObject");
  expect(may({ ...ann, role: "read-only" }, { action, resource: "arn:aws:s3:::b/*" })).toBe(false);
});
