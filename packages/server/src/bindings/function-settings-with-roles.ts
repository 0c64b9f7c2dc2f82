import { FUNCTION_SETTINGS } from "@sluice/drivers/function-processes/function-settings.ts";
import * as v from "valibot";
import { roleTrouble } from "../functions/function-roles.ts";

/** The driver's own, with actions that this server knows, and that a function may have. */
export const FUNCTION_SETTINGS_WITH_ROLES = v.pipe(
  FUNCTION_SETTINGS,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { roles = {} } = dataset.value;
    const trouble = roleTrouble(roles);
    if (trouble === undefined) return;
    const { role, index, message } = trouble;
    const step = (input: object, key: string | number, value: unknown): v.IssuePathItem => ({
      type: "unknown",
      origin: "value",
      input,
      key,
      value,
    });
    const actions = roles[role] ?? [];
    addIssue({
      message,
      path: [step(dataset.value, "roles", roles), step(roles, role, actions), step(actions, index, actions[index])],
    });
  }),
);
