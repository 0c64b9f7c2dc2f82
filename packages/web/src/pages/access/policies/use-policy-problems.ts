import { useOperation } from "../../../api/use-operation.ts";
import type { TextProblem } from "../../../forms/text-editor.tsx";
import { useAccount } from "../../../forms/use-account.ts";
import { useTextProblems } from "../../../forms/use-text-problems.ts";

/** As one types. The parser comes when it is first needed. */
export function usePolicyProblems(text: string): readonly TextProblem[] {
  const accountId = useAccount()?.accountId;
  const actions = useAllActions();
  return useTextProblems(
    text,
    async (now) => (await import("./policy-problems.ts")).policyProblems(now, "managed", { actions, accountId }),
    `${accountId} ${actions?.length}`,
  );
}

/** Every action that the server has: a root key may do them all. Undefined: this key is none, so that they are not known. */
export function useAllActions(): readonly string[] | undefined {
  const { data } = useOperation("Sluice", "GetCallerAccess", {}, { live: { changed: ["keys"] } });
  return data?.role === "root" ? data.allowedActions : undefined;
}
