import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { O_PATH } from "../descriptor-path.ts";
import { OutputPipes } from "./output-pipes.ts";

test.skipIf(process.platform !== "linux")(
  "who keeps hold of a script's pipe reaches no later script by it",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "sluice-pipes-"));
    const pipes = new OutputPipes(directory);
    try {
      const pipe = await pipes.open();
      const own = `/proc/self/fd/${pipe.writeEnd}`;
      // Holds the pipe and does not have it open, so the agent sees its end.
      const kept = openSync(own, O_PATH);
      closeSync(openSync(own, constants.O_WRONLY));
      pipe.reader.resume();
      pipe.closeWriteEnd();
      await pipe.ended;
      pipe.release();
      const later = await pipes.open();
      const reopen = () => openSync(`/proc/self/fd/${kept}`, constants.O_WRONLY | constants.O_NONBLOCK);
      expect(reopen).toThrow("ENXIO");
      closeSync(kept);
      later.reader.resume();
      later.closeWriteEnd();
      await later.ended;
      later.release();
    } finally {
      pipes.close();
      rmSync(directory, { recursive: true });
    }
  },
);
