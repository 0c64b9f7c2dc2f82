import { appendFileSync, closeSync, fstatSync } from "node:fs";
import { namingPath } from "../descriptor-path.ts";
import { realPathOf } from "../foreign-file.ts";
import { YieldingLoop } from "../yielding-loop.ts";
import { AccessListWriter } from "./access-list-writer.ts";
import { applyPermission, type PermissionTargets } from "./apply-plan.ts";
import { CONTEXT_PREFIX } from "./cleanup.ts";
import type { PermissionStep } from "./permission-plan.ts";
import { addSecurityContext } from "./security-context.ts";

/**
 * Carries out the permissions section. Access lists are set some files at a time, and so after the owner where the section names one, which makes no
 * difference to them.
 */
export async function settlePermissions(
  steps: Iterable<PermissionStep>,
  { cleanupFile, ...targets }: PermissionTargets & { readonly cleanupFile: string },
  signal: AbortSignal,
): Promise<void> {
  const loop = new YieldingLoop(signal);
  const accessLists = new AccessListWriter();
  try {
    for (const step of steps) {
      try {
        if (step.type === "setfacl") await setAccessList(step, targets, accessLists);
        else if (step.type === "semanage") await setContext(step, targets, cleanupFile);
        else applyPermission(step, targets);
      } catch (error) {
        throw namingPath(step.file, error);
      }
      await loop.next();
    }
    await accessLists.flush();
  } finally {
    accessLists.close();
  }
}

/** A link has no list of its own, as it has no mode. */
async function setAccessList(
  step: PermissionStep & { readonly type: "setfacl" },
  { folders, installed }: PermissionTargets,
  accessLists: AccessListWriter,
): Promise<void> {
  const descriptor = installed.open(step, folders);
  if (fstatSync(descriptor).isSymbolicLink()) closeSync(descriptor);
  else await accessLists.set(step.file, step.acl, descriptor);
}

/** The rule is for the place where the file really is. What a name leads to when `restorecon` looks gets what the policy says for that place. */
async function setContext(
  step: PermissionStep & { readonly type: "semanage" },
  { folders, installed }: PermissionTargets,
  cleanupFile: string,
): Promise<void> {
  const descriptor = installed.open(step, folders);
  let path: string;
  try {
    path = realPathOf(descriptor) ?? step.file;
  } finally {
    closeSync(descriptor);
  }
  // Before it is added: a rule that is not on the list would stay for ever.
  appendFileSync(cleanupFile, `${CONTEXT_PREFIX}${path}\n`);
  const { user, type, range } = step.context;
  await addSecurityContext({ user, type, range }, path);
}
