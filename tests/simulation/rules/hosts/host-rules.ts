import type { HostRule } from "../../hosts/watched-hosts.ts";
import { EVERY_PLATFORM_RULES } from "../every-platform.ts";
import { rollbackRule } from "../rollback.ts";
import { ASKED } from "./asked.ts";
import { DEADLINE } from "./deadline.ts";
import { DRAINED } from "./drained.ts";
import { HEALTH } from "./health.ts";
import { HEARD } from "./heard.ts";
import { HOOK_ORDER } from "./hook-order.ts";
import { CALM } from "./host-calm.ts";
import { canGoBack } from "./host-can-go-back.ts";
import { OUTCOME } from "./host-outcome.ts";
import { STOP_ENDS } from "./host-stop-ends.ts";
import { MEANT } from "./meant.ts";
import { NOT_WAITING_IN_VAIN } from "./not-waiting-in-vain.ts";
import { ORDER } from "./order.ts";
import { RESTARTED } from "./restarted.ts";
import { SERVING } from "./serving.ts";
import { TRAFFIC } from "./traffic.ts";
import { TRUTH } from "./truth.ts";
import { WAITS } from "./waits.ts";
import { ZONES } from "./zones.ts";

export const HOST_RULES: readonly HostRule[] = [
  ...EVERY_PLATFORM_RULES,
  rollbackRule(canGoBack),
  MEANT,
  ORDER,
  ZONES,
  HEALTH,
  HOOK_ORDER,
  TRUTH,
  OUTCOME,
  TRAFFIC,
  SERVING,
  DRAINED,
  RESTARTED,
  WAITS,
  ASKED,
  NOT_WAITING_IN_VAIN,
  HEARD,
  DEADLINE,
  STOP_ENDS,
  CALM,
];
