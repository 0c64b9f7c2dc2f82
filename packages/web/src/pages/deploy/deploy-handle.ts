import type { FormHandle } from "../../forms/use-form.ts";
import type { DeployForm } from "./deploy-form-state.ts";
import type { DeployField } from "./deploy-problems.ts";

export type DeployHandle = FormHandle<DeployForm, DeployField>;
