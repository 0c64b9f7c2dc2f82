import type { Volume } from "@aws-sdk/client-ecs";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { TaskVolume } from "../../../store/columns/task-definition.ts";
import { requireEcsName } from "../checks/ecs-names.ts";
import { invalid } from "../checks/member-rules.ts";

export function readVolumes(volumes: readonly Volume[]): readonly TaskVolume[] {
  const read = volumes.map(({ name, host }, index) => ({
    name: requireEcsName(name, `volumes[${index}].name`),
    sourcePath: readFolder(host?.sourcePath, `volumes[${index}].host.sourcePath`),
  }));
  const names = read.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`volumes has the name ${twice} twice: give each volume its own.`);
  return read;
}

function readFolder(sourcePath: string | undefined, member: string): string | null {
  if (sourcePath === undefined || sourcePath === "") return null;
  if (sourcePath.startsWith("/") && !sourcePath.split("/").includes("..")) return sourcePath;
  throw invalid(`${member} ${excerpt(sourcePath)} is not valid: give an absolute path without "..".`);
}
