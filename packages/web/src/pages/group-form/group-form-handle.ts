import type { FormHandle } from "../../forms/use-form.ts";
import type { GroupForm } from "./group-form-state.ts";
import type { GroupField } from "./group-problems.ts";

export type GroupFormHandle = FormHandle<GroupForm, GroupField>;
