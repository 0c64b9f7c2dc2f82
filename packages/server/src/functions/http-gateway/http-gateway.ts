import type { FunctionPlaces, FunctionServer } from "../../balancing/function-servers.ts";
import type { BalancingRows } from "../../store/elb/balancing-rows.ts";
import type { Store } from "../../store/open-store.ts";
import type { LocalFunctions } from "../local-functions.ts";
import { answerByFunction, type DoorParts, GATEWAY_HEADER, type GatewayGroup } from "./function-door.ts";
import { GATEWAY_ADDRESS, type GatewayListener, openGatewayListener } from "./gateway-listener.ts";
import { readKeptPorts, writeKeptPorts } from "./kept-ports.ts";
import { readGatewayGroups } from "./read-gateway-groups.ts";

/** A function that fails each request is told of this often. */
const TOLD_AGAIN_MILLISECONDS = 10_000;

export interface HttpGatewayParts {
  readonly functions: Pick<LocalFunctions, "invoke">;
  readonly store: Pick<Store, "db">;
  /** Where ports and secret are kept: a path in the data directory. */
  readonly file: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
  readonly onError: (error: unknown) => void;
}

/** Functions as servers of HTTP: a loopback port for each target group of the type `lambda`, which only HAProxy may use. */
export function httpGateway(parts: HttpGatewayParts): FunctionPlaces {
  return new HttpGateway(parts);
}

interface Door {
  readonly listener: GatewayListener;
  group: GatewayGroup;
  toldAt: number;
}

class HttpGateway implements FunctionPlaces {
  readonly #parts: HttpGatewayParts;
  readonly #doors = new Map<string, Door>();
  readonly #doorParts: DoorParts;
  #kept: Readonly<Record<string, number>>;
  #isClosed = false;

  constructor(parts: HttpGatewayParts) {
    const { functions, file, onError } = parts;
    this.#parts = parts;
    const { secret, ports } = readKeptPorts(file);
    this.#kept = ports;
    this.#doorParts = {
      functions,
      secret,
      room: { bytes: 0 },
      onBadGateway: (group, reason) => this.#tell(group, reason),
      onError,
    };
  }

  async serve(rows: BalancingRows): Promise<ReadonlyMap<string, FunctionServer>> {
    const groups = await readGatewayGroups(this.#parts.store.db, rows);
    const wanted = new Set(groups.map(({ targetGroupArn }) => targetGroupArn));
    for (const [arn, { listener }] of this.#doors) {
      if (wanted.has(arn)) continue;
      this.#doors.delete(arn);
      listener.close().catch(this.#parts.onError);
    }
    for (const group of groups) await this.#open(group);
    this.#keep();
    const value = this.#doorParts.secret;
    return new Map(
      [...this.#doors].map(
        ([
          arn,
          {
            listener: { port },
          },
        ]) => [arn, { address: GATEWAY_ADDRESS, port, sentHeader: { name: GATEWAY_HEADER, value } }],
      ),
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#doors.values()].map(({ listener }) => listener.close()));
    this.#doors.clear();
  }

  async #open(group: GatewayGroup): Promise<void> {
    const arn = group.targetGroupArn;
    const open = this.#doors.get(arn);
    if (open) {
      open.group = group;
      return;
    }
    if (this.#isClosed) return;
    const listener = await openGatewayListener(this.#kept[arn], (request, response) => {
      const now = this.#doors.get(arn)?.group ?? { ...group, target: null };
      answerByFunction(request, response, now, this.#doorParts).catch(this.#parts.onError);
    });
    this.#doors.set(arn, { listener, group, toldAt: Number.NEGATIVE_INFINITY });
  }

  /** Those of groups that are gone are forgotten. */
  #keep(): void {
    const ports = Object.fromEntries([...this.#doors].map(([arn, { listener }]) => [arn, listener.port]));
    if (JSON.stringify(ports) === JSON.stringify(this.#kept)) return;
    writeKeptPorts(this.#parts.file, { secret: this.#doorParts.secret, ports });
    this.#kept = ports;
  }

  #tell(group: GatewayGroup, reason: string): void {
    const door = this.#doors.get(group.targetGroupArn);
    const now = this.#parts.now();
    if (!door || now - door.toldAt < TOLD_AGAIN_MILLISECONDS) return;
    door.toldAt = now;
    const { functionName, qualifier } = group.target ?? { functionName: "", qualifier: undefined };
    this.#parts.log.warn(
      { targetGroup: group.targetGroupArn, function: functionName, qualifier, reason },
      "a function behind a listener gave no answer, and its client got 502",
    );
  }
}
