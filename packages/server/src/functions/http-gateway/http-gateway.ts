import type { FunctionPlaces, FunctionServer } from "../../balancing/function-servers.ts";
import type { BalancingRows } from "../../store/elb/balancing-rows.ts";
import type { Store } from "../../store/open-store.ts";
import type { LocalFunctions } from "../local-functions.ts";
import { answerByFunction, type DoorParts, GATEWAY_HEADER, type GatewayGroup } from "./function-door.ts";
import { GATEWAY_ADDRESS, type GatewayListener, openGatewayListener } from "./gateway-listener.ts";
import { type KeptDoors, newSecret, readKeptDoors, writeKeptDoors } from "./kept-doors.ts";
import { readGatewayGroups } from "./read-gateway-groups.ts";

/** A function that fails each request is told of this often. */
const TOLD_AGAIN_MILLISECONDS = 10_000;

export interface HttpGatewayParts {
  readonly functions: Pick<LocalFunctions, "invoke">;
  readonly store: Pick<Store, "db">;
  /** Where ports and secrets are kept: a path in the data directory. */
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
  readonly secret: string;
  readonly listener: GatewayListener;
  group: GatewayGroup;
  toldAt: number;
}

class HttpGateway implements FunctionPlaces {
  readonly #parts: HttpGatewayParts;
  readonly #doors = new Map<string, Door>();
  readonly #doorParts: DoorParts;
  #kept: KeptDoors;
  #isClosed = false;

  constructor(parts: HttpGatewayParts) {
    const { functions, file, onError } = parts;
    this.#parts = parts;
    this.#kept = readKeptDoors(file);
    this.#doorParts = {
      functions,
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
    const placeOf = ({ listener: { port }, secret }: Door): FunctionServer => ({
      address: GATEWAY_ADDRESS,
      port,
      sentHeader: { name: GATEWAY_HEADER, value: secret },
    });
    return new Map([...this.#doors].map(([arn, door]) => [arn, placeOf(door)]));
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
    const kept = this.#kept[arn];
    const listener = await openGatewayListener(kept?.port, (request, response) => {
      const { secret = "", group: now = group } = this.#doors.get(arn) ?? {};
      answerByFunction(request, response, { ...now, secret }, this.#doorParts).catch(this.#parts.onError);
    });
    const isSame = kept?.port === listener.port;
    if (kept && !isSame) this.#tellTaken(arn, kept.port);
    // Whoever has the port now may have been sent the secret.
    const secret = kept && isSame ? kept.secret : newSecret();
    this.#doors.set(arn, { secret, listener, group, toldAt: Number.NEGATIVE_INFINITY });
  }

  /** Those of groups that are gone are forgotten. */
  #keep(): void {
    const doors = [...this.#doors].map(
      ([
        arn,
        {
          listener: { port },
          secret,
        },
      ]) => [arn, { port, secret }] as const,
    );
    const kept = Object.fromEntries(doors);
    if (JSON.stringify(kept) === JSON.stringify(this.#kept)) return;
    writeKeptDoors(this.#parts.file, kept);
    this.#kept = kept;
  }

  #tellTaken(targetGroup: string, port: number): void {
    this.#parts.log.warn(
      { targetGroup, port },
      "another program took the port of a function behind a listener while Sluice was away, and may have got its clients' requests: another port is used now",
    );
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
