import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { expect, it } from "vitest";
import { dataDirectory } from "../store/data-directory.ts";
import { openStore } from "../store/open-store.ts";
import { answerBackup } from "./backup-route.ts";

/** More than sockets hold. */
const LOG_BYTES = 64 * 1024 * 1024;

it("ends a backup whose reader stands still, and says so", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-backup-route-"));
  const directory = dataDirectory(folder);
  mkdirSync(join(directory.logs, "d-1"), { recursive: true });
  writeFileSync(join(directory.logs, "d-1", "output.ndjson"), "");
  truncateSync(join(directory.logs, "d-1", "output.ndjson"), LOG_BYTES);
  const store = await openStore({ dataDirectory: folder });
  const bucket = await openBucketStore({ directory: directory.bucket, now: () => new Date() });
  const told = Promise.withResolvers<unknown>();
  const server = createServer((request, response) =>
    answerBackup(request, response, {
      ...{ store, bucket, directory, now: Date.now, patienceMilliseconds: 100 },
      onBackupError: told.resolve,
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const reader = connect((server.address() as AddressInfo).port, "127.0.0.1");
  try {
    reader.on("error", () => {});
    reader.write("GET /-/backup HTTP/1.1\r\nhost: x\r\n\r\n");
    reader.pause();
    expect(await told.promise).toMatchObject({ message: expect.stringContaining("read nothing for too long") });
  } finally {
    reader.destroy();
    server.close();
    bucket.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
