import type { PolicySummary } from "@sluice/wire/sluice/access-api.ts";
import { useState } from "react";
import { CheckboxGroup } from "../../../design/checkbox-group.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { SearchField } from "../../../design/search-field.tsx";
import { Skeleton } from "../../../design/skeleton.tsx";
import { useAll } from "../../../forms/use-all.ts";
import styles from "./policy-picker.module.css";

interface PolicyPickerProps {
  readonly label: string;
  /** Names. */
  readonly value: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
}

/** Any of the policies that there are, one's own first. */
export function PolicyPicker({ label, value, onChange }: PolicyPickerProps) {
  const { data, error } = usePolicies();
  const [text, setText] = useState("");
  if (error) return <ErrorNote error={error} title="The policies could not be read." />;
  if (data === undefined) return <Skeleton />;
  const wanted = text.trim().toLowerCase();
  const shown = namedOnce(data).filter(({ policyName }) => policyName.toLowerCase().includes(wanted));
  const hidden = value.filter((name) => !shown.some(({ policyName }) => policyName === name));
  return (
    <div className={styles.picker}>
      <SearchField label="Search policies" placeholder="Search policies" value={text} onChange={setText} />
      <div className={styles.list}>
        <CheckboxGroup
          label={label}
          options={shown.map(({ policyName, description }) => ({ id: policyName, title: policyName, description }))}
          value={value}
          onChange={(names) => onChange([...hidden, ...names])}
          {...(shown.length === 0 && { description: "No policy fits." })}
        />
      </div>
    </div>
  );
}

export function usePolicies() {
  return useAll("Sluice", "ListPolicies", {}, ({ policies }) => policies, { live: { changed: ["keys"] } });
}

/** A name stands for one's own before AWS's. */
function namedOnce(policies: readonly PolicySummary[]): readonly PolicySummary[] {
  const own = new Set(policies.filter(({ isAwsManaged }) => !isAwsManaged).map(({ policyName }) => policyName));
  return policies.filter(({ policyName, isAwsManaged }) => !isAwsManaged || !own.has(policyName));
}
