import { expect, it } from "vitest";
import { billOfMaterials, usedPackages } from "./bill-of-materials.ts";

const SOURCES = [
  "packages/cli/src/main.ts",
  "node_modules/yaml/dist/index.js",
  "node_modules/yaml/dist/doc/Document.js",
  "node_modules/@aws-sdk/client-lambda/dist-es/index.js",
  "left-out:@sluice/server/start-server.ts",
];

it("names each package once, with its version and licence, and Node with what is in that", async () => {
  const packages = await usedPackages(SOURCES);
  expect(packages.map(({ name }) => name)).toEqual(["@aws-sdk/client-lambda", "yaml"]);
  const bill = JSON.parse(billOfMaterials(packages, process.versions.node, "abc"));
  expect(bill).toMatchObject({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    metadata: { component: { name: "sluice" } },
  });
  const [node, sdk, yaml] = bill.components;
  expect(node.components).toContainEqual(
    expect.objectContaining({ name: "openssl", version: process.versions.openssl }),
  );
  expect(sdk.purl).toMatch(/^pkg:npm\/%40aws-sdk\/client-lambda@[\d.]+$/);
  expect(yaml.licenses).toEqual([{ expression: "ISC" }]);
});

it("holds no time and nothing that differs from one run to the next", async () => {
  const bill = async () => billOfMaterials(await usedPackages(SOURCES), process.versions.node, "abc");
  expect(await bill()).toBe(await bill());
  expect(await bill()).not.toMatch(/timestamp|serialNumber|\d{4}-\d\d-\d\dT/);
});
