import { expect, it } from "vitest";
import { imageTrouble } from "./image-reference.ts";

const SHA256 = "a".repeat(64);

/** Docker Engine answers "No such image" to these, of IPv6 in newer versions. */
it.each([
  "app",
  "app:1.2",
  "team/app:V1",
  "app:1_2-x.y",
  `app:${"t".repeat(128)}`,
  "localhost/app",
  "registry:5000/team/app:1.2",
  "Registry.Example/app",
  "1.2.3.4:80/app",
  "[fd00::1]:5000/app",
  "a_b.c/app",
  "a__b/c--d/e.f",
  `app@sha256:${SHA256}`,
  `registry.example:443/app:1@sha256:${SHA256}`,
  `app@sha512:${"0".repeat(128)}`,
  SHA256,
  `sha256:${SHA256}`,
  "x".repeat(255),
])("takes %s", (image) => {
  expect(imageTrouble(image)).toBeUndefined();
});

/** Docker Engine answers "invalid reference format" and its like to these. */
it.each([
  ["UPPER/case:tag", /in lower case/],
  ["App:1", /in lower case/],
  ["registry.example/Team/app", /in lower case/],
  ["a b", /give \[HOST/],
  ["", /give \[HOST/],
  ["\u001b[31mapp", /give \[HOST/],
  ["app\n", /give \[HOST/],
  ["a___b", /give \[HOST/],
  ["a..b", /give \[HOST/],
  ["a._b", /give \[HOST/],
  ["-a", /give \[HOST/],
  ["a-", /give \[HOST/],
  ["a/", /give \[HOST/],
  ["/a", /give \[HOST/],
  ["a//b", /give \[HOST/],
  ["é/app", /give \[HOST/],
  ["host:x/app", /give \[HOST/],
  ["h-.example/app", /give \[HOST/],
  ["a:b:c", /give \[HOST/],
  ["app+x", /give \[HOST/],
  ["app:", /give a tag/],
  ["app:-x", /give a tag/],
  ["app:1+x", /give a tag/],
  ["app:1\n", /give a tag/],
  [`app:${"t".repeat(129)}`, /give a tag/],
  ["app@", /begin the digest with sha256:, sha384:, sha512:/],
  ["a@b", /begin the digest/],
  [`app@md5:${"a".repeat(32)}`, /begin the digest/],
  ["app@sha256:abc", /sha256 with 64 lower-case/],
  [`app@sha256:${"A".repeat(64)}`, /sha256 with 64 lower-case/],
  [`app@sha256:${SHA256}\n`, /sha256 with 64 lower-case/],
  [`app@sha256:${SHA256}@sha256:${SHA256}`, /one @/],
  ["x".repeat(256), /at most 255/],
  [`app:${"t".repeat(2_048)}`, /at most 2048/],
])("refuses %j", (image, words) => {
  expect(imageTrouble(image)).toMatch(words);
});
