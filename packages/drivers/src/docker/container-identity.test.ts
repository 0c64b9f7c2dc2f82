import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ContainerIdentity, engineNameOf, identityLabels, identityOf } from "./container-identity.ts";

const INSTALLATION = "a1b2";
const WEB: ContainerIdentity = { taskId: "0".repeat(32), containerName: "web", role: "application" };
const NAME = `sluice-a1b2-${"0".repeat(32)}-web`;

describe("a container's name", () => {
  it("says whose it is", () => {
    expect(engineNameOf(INSTALLATION, WEB)).toBe(NAME);
    expect(engineNameOf(INSTALLATION, { ...WEB, role: "sandbox" })).toBe(`sluice-a1b2-${"0".repeat(32)}-.sandbox`);
  });

  it("is one that engines take, and no other container's of the task", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "B", "9", "_", "-", ".", "~", "ü", "sandbox") });
    fc.assert(
      fc.property(word, word, (one, other) => {
        const names = [one, other].map((containerName) => engineNameOf(INSTALLATION, { ...WEB, containerName }));
        expect(names[0]).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.-]+$/);
        expect(names[0] === names[1]).toBe(one === other);
        expect(names[0]).not.toBe(engineNameOf(INSTALLATION, { ...WEB, role: "sandbox" }));
      }),
    );
  });
});

describe("the labels of a container", () => {
  const labels = identityLabels(INSTALLATION, WEB);

  it("say what it is", () => {
    expect(identityOf(INSTALLATION, NAME, labels)).toEqual(WEB);
  });

  it.each([
    ["another installation's", NAME, { ...labels, "sluice.installation": "c3" }],
    ["none", NAME, {}],
    ["an image's, which any container may have", "quirky_hopper", labels],
    ["those of another task", NAME, { ...labels, "sluice.task": "1".repeat(32) }],
    ["of no known role", NAME, { ...labels, "sluice.role": "king" }],
  ])("do not make it this installation's when they are %s", (_name, name, given) => {
    expect(identityOf(INSTALLATION, name, given)).toBeUndefined();
  });
});
