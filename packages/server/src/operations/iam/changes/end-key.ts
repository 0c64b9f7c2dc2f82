import { endConsoleOfKey } from "../../../store/console-sessions.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { endTemporaryKeys } from "../../../store/iam/temporary-keys.ts";
import type { OperationContext } from "../../operation.ts";

/** What ended with a key, or with several. */
export interface EndedOfKeys {
  /** Of the console. */
  readonly sessions: number;
  /** Ids of the keys that were bought with it. */
  readonly temporaryKeyIds: readonly string[];
}

/** Ends what descends from keys that open nothing any more. The rows of the keys are the caller's. */
export async function endWhatKeysBegan(
  transaction: WriteTransaction,
  accessKeyIds: readonly string[],
): Promise<EndedOfKeys> {
  let sessions = 0;
  const temporaryKeyIds: string[] = [];
  for (const accessKeyId of accessKeyIds) {
    sessions += await endConsoleOfKey(transaction, accessKeyId);
    temporaryKeyIds.push(...(await endTemporaryKeys(transaction, { sourceAccessKeyId: accessKeyId })));
  }
  return { sessions, temporaryKeyIds };
}

/** After the commit: what this server remembers of them, and what it holds open for them. */
export function forgetAll({ forgetKeys }: Pick<OperationContext, "forgetKeys">, accessKeyIds: readonly string[]): void {
  for (const accessKeyId of accessKeyIds) forgetKeys({ accessKeyId });
}
