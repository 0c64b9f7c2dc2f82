/** A writer to be killed: `node put-forever.fixture.ts DIRECTORY NAME` prints `key etag` for every acknowledged put. */
import { setTimeout } from "node:timers/promises";
import { openBucketStore } from "./bucket-store.ts";

const [directory, name] = process.argv.slice(2) as [string, string];
const store = await openBucketStore({ directory, now: () => new Date() });
const attributes = { headers: {}, metadata: {} };

async function* unfinished() {
  yield Buffer.from("half of the new bytes");
  process.stdout.write("writing\n");
  await setTimeout(2 ** 31 - 1);
}

if (name === "unfinished") await store.put("revisions", "a", unfinished(), { attributes });

for (let i = 0; ; i++) {
  const key = i % 2 === 0 ? `${name}/${i}` : "overwritten";
  async function* body() {
    for (let chunk = 0; chunk < 20; chunk++) yield Buffer.alloc(5000, `${key} ${i} ${chunk}`);
  }
  const { etag } = await store.put("revisions", key, body(), { attributes });
  process.stdout.write(`${key} ${etag}\n`);
}
