import type { LambdaRule } from "../../lambda/watched-functions.ts";
import { SHIFT_RULES } from "../shift/shift-rules.ts";
import { ALIAS_RESTORED } from "./alias-restored.ts";
import { OTHERS_KEPT } from "./others-kept.ts";

export const LAMBDA_RULES: readonly LambdaRule[] = [...SHIFT_RULES, OTHERS_KEPT, ALIAS_RESTORED];
