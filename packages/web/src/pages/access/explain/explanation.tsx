import { visibleLine } from "@sluice/model/visible-text.ts";
import type { ExplainAccessOutput, ExplainedStatement } from "@sluice/wire/sluice/access-api.ts";
import { Note } from "../../../design/note.tsx";
import { Section } from "../../../design/section.tsx";
import { Badge } from "../../../design/status-badge.tsx";
import { type Column, Table } from "../../../design/table.tsx";
import styles from "./explain-tab.module.css";

interface ExplanationProps {
  readonly answer: ExplainAccessOutput;
  readonly action: string;
  readonly resource: string;
}

const DECISIONS: Readonly<Record<string, string>> = {
  allow: "Allowed",
  "explicit-deny": "Refused: a policy denies it",
  "implicit-deny": "Refused: no policy allows it",
};

/** The decision, its sentences, and the statements that came near. */
export function Explanation({
  answer: { isAllowed, decision, arn, sentences, statements },
  ...what
}: ExplanationProps) {
  return (
    <>
      <Note tone={isAllowed ? "success" : "danger"} title={DECISIONS[decision] ?? (isAllowed ? "Allowed" : "Refused")}>
        <div className={styles.sentences}>
          <p className={styles.what}>{visibleLine(`${arn}: ${what.action} on ${what.resource}`)}</p>
          {sentences.map((sentence) => (
            <p key={sentence}>{visibleLine(sentence)}</p>
          ))}
        </div>
      </Note>
      {statements.length > 0 && (
        <Section title="Statements" count={statements.length}>
          <Table
            label="Statements"
            columns={COLUMNS}
            rows={statements}
            rowKey={({ policyName, kind, statement }) => `${kind} ${policyName} ${statement}`}
          />
        </Section>
      )}
    </>
  );
}

const COLUMNS: readonly Column<ExplainedStatement>[] = [
  {
    id: "policy",
    header: "Statement",
    cell: ({ policyName, statement, sid, kind }) =>
      visibleLine(
        `${policyName}, statement ${statement}${sid === undefined ? "" : ` (${sid})`}${kind === "session" ? ", of the session" : ""}`,
      ),
  },
  {
    id: "effect",
    header: "Effect",
    width: "110px",
    cell: ({ effect }) => (
      <Badge tone={effect === "Deny" ? "danger" : "success"} icon={effect === "Deny" ? "stop" : "check"} plain>
        {effect}
      </Badge>
    ),
  },
  {
    id: "match",
    header: "Is it about the call?",
    cell: ({ isMatch, mismatch }) => (isMatch ? "yes" : visibleLine(mismatch ?? "no")),
  },
];
