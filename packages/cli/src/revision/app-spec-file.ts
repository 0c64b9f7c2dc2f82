import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { MAX_APP_SPEC_BYTES } from "@sluice/model/app-spec/yaml-text.ts";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { readEcsAppSpec } from "@sluice/model/service-app-spec/ecs-app-spec.ts";
import { readLambdaAppSpec } from "@sluice/model/service-app-spec/lambda-app-spec.ts";
import { describeFault } from "@sluice/model/service-app-spec/spec-fault.ts";
import { withTaskDefinition } from "@sluice/model/service-app-spec/with-task-definition.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { CommandFailed } from "../command-failed.ts";

const ENDINGS = [".yml", ".yaml", ".json"] as const;

/** Whether it is named as an AppSpec of ECS and Lambda is, and not as a directory or a bundle. */
export function isAppSpecFile(path: string): boolean {
  return ENDINGS.some((ending) => path.toLowerCase().endsWith(ending));
}

/**
 * @param options.platform whose grammar it has to fit; absent: ECS's
 * @param options.taskDefinition replaces the one in the file
 * @param options.lint false: the server alone says what is wrong with it
 * @throws CommandFailed where it cannot be read, or would be refused
 */
export async function readAppSpecFile(
  path: string,
  options: {
    readonly platform?: ComputePlatform | undefined;
    readonly taskDefinition?: string | undefined;
    readonly lint: boolean;
  },
): Promise<string> {
  const written = await readText(path);
  const { platform, taskDefinition, lint } = options;
  const text = taskDefinition === undefined ? written : withTaskDefinition(written, taskDefinition);
  if (text === undefined) {
    throw new CommandFailed(
      `${path} has no TaskDefinition that --task-definition could replace: write one in Resources, below Properties, such as TaskDefinition: <TASK_DEFINITION>`,
    );
  }
  const reading = lint ? readingOf(platform, text) : undefined;
  if (reading?.outcome !== "faulty") return text;
  const faults = reading.faults.map((fault) => `  ${describeFault(fault)}`).join("\n");
  const hasPlaceholder = taskDefinition === undefined && /TaskDefinition["']?\s*:\s*["']?<[^>]*>/i.test(text);
  const cure = hasPlaceholder ? "\nTo fill in the task definition: --task-definition FILE, or FAMILY:REVISION." : "";
  throw new CommandFailed(`${path} cannot be deployed:\n${faults}${cure}`);
}

function readingOf(platform: ComputePlatform | undefined, text: string) {
  return platform === "Lambda" ? readLambdaAppSpec(text) : readEcsAppSpec(text);
}

/** The revision that has the AppSpec in the call. */
export function appSpecRevision(content: string): RevisionLocation {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { revisionType: "AppSpecContent", appSpecContent: { content, sha256 } };
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_APP_SPEC_BYTES) {
      throw new CommandFailed(`${path} has ${size} bytes, which no AppSpec has: at most ${MAX_APP_SPEC_BYTES}`);
    }
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof CommandFailed) throw cause;
    throw new CommandFailed(`${path} ${whyUnreadable(cause)}. Name the AppSpec file`, { cause });
  }
}
