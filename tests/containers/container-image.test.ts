import { linkSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { list } from "tar";
import { expect, it } from "vitest";
import { exampleImage } from "../../scripts/container-image.ts";

it("the example's image is packed whole while programs that start give Node's file other names", async () => {
  const names = mkdtempSync(join(dirname(process.execPath), "names-"));
  try {
    const sizes = new Map<string, number>();
    const read = list({ strict: true, onReadEntry: ({ path, size }) => void sizes.set(path, size) });
    let count = 0;
    for await (const chunk of exampleImage()) {
      linkSync(process.execPath, join(names, `${count++}`));
      read.write(chunk);
    }
    read.end();
    expect(count).toBeGreaterThan(1);
    expect(sizes.get("./bin/node")).toBe(statSync(process.execPath).size);
    expect(sizes.get("./app/server.mjs")).toBeGreaterThan(0);
    expect(sizes.has("./tmp/")).toBe(true);
  } finally {
    rmSync(names, { recursive: true });
  }
});
