import { expect, it } from "vitest";
import { pullReferenceOf } from "./image-reference.ts";

it.each([
  ["nginx", "nginx", "latest"],
  ["nginx:1.27", "nginx", "1.27"],
  ["team/app", "team/app", "latest"],
  ["registry:5000/team/app", "registry:5000/team/app", "latest"],
  ["registry:5000/team/app:1.2", "registry:5000/team/app", "1.2"],
  ["app@sha256:abc", "app", "sha256:abc"],
  ["registry:5000/app:1.2@sha256:abc", "registry:5000/app", "sha256:abc"],
])("%s is asked for as %s with %s", (image, name, tag) => {
  expect(pullReferenceOf(image)).toEqual({ name, tag });
});
