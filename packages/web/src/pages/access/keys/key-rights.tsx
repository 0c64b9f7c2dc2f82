import { visibleLine } from "@sluice/model/visible-text.ts";
import type { AccessKeySummary } from "@sluice/wire/sluice/access-api.ts";
import { Badge } from "../../../design/status-badge.tsx";
import styles from "./key-table.module.css";

const SHOWN_POLICIES = 3;

/** What a key may do: its role, or its user with the policies that it has. */
export function KeyRights({ accessKey }: { accessKey: AccessKeySummary }) {
  const { role, userName, hostName, hostId, policyNames } = accessKey;
  if (role === "root") return <span>Everything</span>;
  if (role === "read-only") return <Badge icon="lock">Read only</Badge>;
  if (role === "host") {
    return (
      <span className={styles.lines}>
        Speaks for a host
        <span className={styles.more}>{visibleLine(hostName ?? hostId ?? "")}</span>
      </span>
    );
  }
  return (
    <span className={styles.lines}>
      {visibleLine(userName ?? role)}
      <span className={styles.more}>{policyWords(policyNames ?? [])}</span>
    </span>
  );
}

/** The first few by name. */
export function policyWords(names: readonly string[]): string {
  if (names.length === 0) return "no policy: it may do nothing";
  const shown = names.slice(0, SHOWN_POLICIES).map(visibleLine).join(", ");
  return names.length > SHOWN_POLICIES ? `${shown} and ${names.length - SHOWN_POLICIES} more` : shown;
}
