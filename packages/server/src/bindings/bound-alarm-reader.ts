import type { AlarmReader, AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import { matchesPattern } from "@sluice/model/name-pattern.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { type BoundDriver, saidByBinding } from "./bound-driver.ts";

export const ALARM_READER_PORT = "alarm-reader";

/** How long one monitoring system may take to answer one reading. */
const ALARM_READ_TIMEOUT_MILLISECONDS = 10_000;

type BoundReader = BoundDriver<AlarmReader>;

/**
 * One reader that asks for each alarm the driver that its binding names, of each driver once. An alarm without a binding is `unknown`. Of
 * a driver that cannot read, or takes too long, the alarms are `unreadable`, and those of the others are as they were read.
 */
export function boundAlarmReader(bound: readonly BoundReader[]): AlarmReader {
  return {
    read: async (names, signal) => {
      signal.throwIfAborted();
      const byReader = new Map<AlarmReader, { bound: BoundReader; names: Set<string> }>();
      for (const name of names) {
        const found = readerOfAlarm(bound, name);
        if (!found) continue;
        const share = byReader.get(found.instance) ?? { bound: found, names: new Set<string>() };
        share.names.add(name);
        byReader.set(found.instance, share);
      }
      const readings = new Map<string, AlarmReading>();
      await Promise.all(
        [...byReader.values()].map(async (share) => {
          for (const reading of await readShare(share.bound, [...share.names], signal)) {
            readings.set(reading.name, reading);
          }
        }),
      );
      return names.map((name) => readings.get(name) ?? unboundAlarm(name));
    },
  };
}

async function readShare(
  { binding, instance }: BoundReader,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly AlarmReading[]> {
  const timeout = AbortSignal.timeout(ALARM_READ_TIMEOUT_MILLISECONDS);
  try {
    return await instance.read(names, AbortSignal.any([signal, timeout]));
  } catch (error) {
    signal.throwIfAborted();
    const late = `did not answer within ${ALARM_READ_TIMEOUT_MILLISECONDS / 1000} s`;
    const reason = reasonOf(error);
    const detail = saidByBinding(timeout.aborted ? late : reason, binding);
    return names.map((name) => ({ name, state: "unreadable", since: null, detail }));
  }
}

/** By the alarm's name, or by a pattern of ARNs, in which the name stands at the end. */
function readerOfAlarm(bound: readonly BoundReader[], name: string): BoundReader | undefined {
  return bound.find(({ binding }) => {
    const nameInArn = /^arn:.*?:alarm:(.+)$/.exec(binding.match)?.[1];
    return matchesPattern(binding.match, name) || (nameInArn !== undefined && matchesPattern(nameInArn, name));
  });
}

function unboundAlarm(name: string): AlarmReading {
  const example = `- { match: ${JSON.stringify(name)}, port: ${ALARM_READER_PORT}, driver: prometheus, settings: { url: "http://127.0.0.1:9090" } }`;
  const detail =
    `no binding says which monitoring system has the alarm ${JSON.stringify(name)}: add one to the bindings in sluice.yml ` +
    `(driver prometheus or cloudwatch), such as ${example}, and restart the server with --config sluice.yml`;
  return { name, state: "unknown", since: null, detail };
}
