import type { ListAccessKeysInput, ListAccessKeysOutput } from "@sluice/wire/sluice/console-api.ts";
import { listPeopleKeys } from "../../../store/people-keys.ts";
import type { Operation } from "../../operation.ts";
import { keySummary } from "./key-summary.ts";

/** Keys of people and pipelines, without their secrets. */
export const listAccessKeys: Operation<ListAccessKeysInput, ListAccessKeysOutput> = async (_input, { store }) => ({
  accessKeys: (await listPeopleKeys(store.db)).map(keySummary),
});
