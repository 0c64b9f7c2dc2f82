import { basename, extname } from "node:path";
import type { AppSpecOs } from "@sluice/model/app-spec/app-spec.ts";
import { type ReferenceVerdict, referenceVerdict } from "@sluice/model/reference/reference-verdict.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { bundleTypeOf } from "./bundle-types.ts";
import { appSpecAt, readAppSpec } from "./lint-target.ts";

/** What the AWS agent's parser makes of a file, as an entry of a corpus's `verdicts.json` has it. */
export type JudgedFile = {
  /** The file's name without its ending. */
  readonly id: string;
  /** The system of the host. */
  readonly host: AppSpecOs;
} & ReferenceVerdict;

/** @throws CommandFailed with EXIT_USAGE where there is no file to read */
export async function judgeByReference(path: string, os: AppSpecOs): Promise<JudgedFile> {
  if (bundleTypeOf(path) !== undefined) {
    throw new CommandFailed(
      `--reference reads AppSpec files, and ${path} is a bundle: unpack it, and name its AppSpec`,
      {
        exitStatus: EXIT_USAGE,
      },
    );
  }
  const file = await appSpecAt(path);
  const fileName = basename(file);
  const verdict = referenceVerdict(await readAppSpec(file), { os, fileName });
  return { id: fileName.slice(0, fileName.length - extname(fileName).length), host: os, ...verdict };
}

export function formatJudged(judged: JudgedFile): string {
  return visibleLine(
    judged.verdict === "accepted"
      ? `${judged.id}: accepted`
      : `${judged.id}: rejected: ${judged.error} (${judged.errorClass})`,
  );
}
