export { checkAlarms, checkAutoRollback, checkTriggers, isOneOf } from "@sluice/model/input-checks/watch-checks.ts";
