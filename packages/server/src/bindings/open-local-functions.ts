import { join, resolve } from "node:path";
import { functionProcesses } from "@sluice/drivers/function-processes/function-processes.ts";
import {
  type FunctionRules,
  type FunctionSettings,
  readFunctionSettings,
} from "@sluice/drivers/function-processes/function-settings.ts";
import { hookPayload } from "@sluice/drivers/hook/hook-payload.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { codeStore } from "../functions/code-store.ts";
import { functionEndpoint } from "../functions/function-endpoint.ts";
import { createFunctionHost } from "../functions/function-host.ts";
import { FunctionLogs } from "../functions/function-logs.ts";
import { grantsOfFunctions } from "../functions/function-roles.ts";
import { giveUsers } from "../functions/give-users.ts";
import type { FunctionPlace } from "../functions/lambda-platform.ts";
import { localFunctionAlias } from "../functions/local-function-alias.ts";
import { localHookInvoker } from "../functions/local-hook-invoker.ts";
import type { ComposedFunctions, FunctionsParts } from "./composed-functions.ts";

/** In the data directory. */
const FOLDER = "functions";
const LOG_FOLDER = "logs";
const RUNNER_FOLDER = "runner";

/** @param settings as the driver's schema checked them */
export async function openLocalFunctions(
  settings: FunctionSettings,
  parts: FunctionsParts,
): Promise<ComposedFunctions> {
  const { store, timers, scope, owner, changes, randomUuid, bucket, certificatePem, log, onError } = parts;
  const rules = readFunctionSettings(settings);
  const { concurrency, idleMilliseconds, roles } = rules;
  const code = codeStore(bucket);
  let endpoint: { readonly url: string; readonly certificate: string | null } | undefined;
  const directory = join(resolve(parts.directory), FOLDER);
  const logs = await FunctionLogs.open({ folder: join(directory, LOG_FOLDER), timers, onError });
  const runner = functionProcesses.create(settings, {
    directory: join(directory, RUNNER_FOLDER),
    region: scope.region,
    readCode: (codeSha256) => code.read(codeSha256),
    endpoint: () => endpoint,
    warn: (message) => log.warn(message),
  });
  const place = placeOf(rules);
  await giveUsers(store, place).catch((error: unknown) => log.warn(reasonOf(error)));
  const host = createFunctionHost({
    store,
    timers,
    runner,
    logs,
    changes,
    scope,
    owner,
    concurrency,
    idleMilliseconds,
    random: Math.random,
    randomUuid,
    onError,
  });
  const { functions } = host;
  return {
    functions,
    lambda: { place, functions, runner, uidsInUse: host.uidsInUse, code, buckets: bucket, changes },
    functionAlias: localFunctionAlias({ store, runner, changes, scope, randomUuid }),
    hookInvoker: localHookInvoker({ functions, payloadOf: hookPayload, scope }),
    runner,
    changes,
    logs,
    counts: host.counts,
    grantsOfFunction: grantsOfFunctions(store.db, roles),
    start(urls) {
      const url = functionEndpoint(urls, certificatePem);
      endpoint = { url, certificate: url.startsWith("https:") ? (certificatePem ?? null) : null };
      host.start();
    },
    close: () => host.close(),
  };
}

/** Users are what isolates functions: where the setting accepts running without isolation there are none. */
function placeOf({ uids, isolation, concurrency, ignoresAwsOnly }: FunctionRules): FunctionPlace {
  return { uids: isolation === "none" ? null : uids, concurrency, ignoresAwsOnly };
}
