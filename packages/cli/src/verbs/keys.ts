import type { Command } from "commander";
import { defineKeyChanges } from "../access/key-changes.ts";
import { defineKeyCreate } from "../access/key-create.ts";
import { defineKeyExplain } from "../access/key-explain.ts";
import { defineKeyList } from "../access/key-list.ts";

export function define(command: Command): void {
  defineKeyCreate(command);
  defineKeyList(command);
  defineKeyChanges(command);
  defineKeyExplain(command);
}
