import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useOperation } from "../../../api/use-operation.ts";
import { ComboBox } from "../../../design/combo-box.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { Card } from "../../../design/section.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { Stack } from "../../../design/stack.tsx";
import { TextField } from "../../../design/text-field.tsx";
import { useAll } from "../../../forms/use-all.ts";
import { ActionButton } from "../../../shell/access.tsx";
import { changedSearch } from "../../../shell/changed-search.ts";
import { parseTags } from "../../hosts/tag-text.ts";
import type { AccessSearch } from "../access-search.ts";
import { useIdentities } from "../identities/use-identities.ts";
import { explainInput, whoInput } from "./explain-input.ts";
import styles from "./explain-tab.module.css";
import { Explanation } from "./explanation.tsx";

const NO_QUESTION = { action: "", resource: "" };

/** What somebody may do, and why. The question is in the URL. */
export function ExplainTab() {
  const search = useSearch({ from: "/inside/-/access" });
  const navigate = useNavigate({ from: "/-/access" });
  const input = explainInput(search);
  const { data, error, isFetching } = useOperation("Sluice", "ExplainAccess", input ?? NO_QUESTION, {
    enabled: input !== undefined,
    live: { changed: ["keys"] },
  });
  const asked = JSON.stringify([search.who, search.action, search.resource, search.address, search.tags]);
  return (
    <div className={styles.columns}>
      <Card>
        <Question
          // Another link asks another question.
          key={asked}
          search={search}
          onAsk={(question) =>
            void navigate({ search: (before) => changedSearch(before, question), resetScroll: false })
          }
        />
      </Card>
      <div aria-live="polite">
        {error && <ErrorNote error={error} title="There is no answer." />}
        {!error && isFetching && !data && (
          <Card padded={false}>
            <SkeletonRows />
          </Card>
        )}
        {!error && data && input && <Explanation answer={data} action={input.action} resource={input.resource} />}
        {input === undefined && (
          <Card>
            <EmptyState icon="search" title="Ask what somebody may do">
              The answer is the decision that the server would take, and why.
            </EmptyState>
          </Card>
        )}
      </div>
    </div>
  );
}

type Asked = Pick<AccessSearch, "who" | "action" | "resource" | "address" | "tags">;

function Question({
  search,
  onAsk,
}: {
  search: AccessSearch;
  onAsk: (question: { [K in keyof Asked]?: Asked[K] | undefined }) => void;
}) {
  const [who, setWho] = useState(search.who ?? "");
  const [action, setAction] = useState(search.action ?? "");
  const [resource, setResource] = useState(search.resource ?? "*");
  const [address, setAddress] = useState(search.address ?? "");
  const [tags, setTags] = useState(search.tags ?? "");
  const [isTried, setIsTried] = useState(false);
  const whoOptions = useWhoOptions();
  const access = useOperation("Sluice", "GetCallerAccess", {}, { live: { changed: ["keys"] } });
  const parsedTags = parseTags(tags.replaceAll(",", "\n"));
  const problems = {
    who: whoInput(who) === undefined ? "Choose one, or write key:ID, user:NAME or role:NAME." : undefined,
    action: action.trim() === "" ? "Write an action, such as codedeploy:CreateDeployment." : undefined,
    resource: resource.trim() === "" ? "Write an ARN, or *." : undefined,
    tags: "problem" in parsedTags ? parsedTags.problem : undefined,
  };
  const shown = isTried ? problems : { who: undefined, action: undefined, resource: undefined, tags: undefined };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (Object.values(problems).some((problem) => problem !== undefined)) return;
    const orNone = (text: string) => text.trim() || undefined;
    onAsk({
      who: who.trim(),
      action: action.trim(),
      resource: resource.trim(),
      address: orNone(address),
      tags: orNone(tags),
    });
  };
  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <Stack>
        <ComboBox
          label="Who"
          options={whoOptions}
          value={who}
          onChange={setWho}
          error={shown.who}
          placeholder="user:ada"
          none="Write key:ID, user:NAME or role:NAME."
          isRequired
        />
        <ComboBox
          label="Action"
          options={(access.data?.allowedActions ?? []).map((id) => ({ id, title: id }))}
          value={action}
          onChange={setAction}
          error={shown.action}
          placeholder="codedeploy:CreateDeployment"
          none="No action of that name is known here."
          isRequired
          isMono
        />
        <TextField
          label="Resource"
          description="Its ARN, or * for an action that is about none."
          value={resource}
          onChange={setResource}
          error={shown.resource}
          isRequired
          isMono
          spellCheck="false"
        />
        <TextField
          label="Source address"
          description="From where the call comes, for conditions on it."
          placeholder="10.0.0.7"
          value={address}
          onChange={setAddress}
          isMono
        />
        <TextField
          label="Tags of the resource"
          description="KEY=VALUE, with commas between them, for conditions on them."
          placeholder="Env=production, Team=web"
          value={tags}
          onChange={setTags}
          error={shown.tags}
        />
        <div className={styles.ask}>
          <ActionButton action="sluice:ExplainAccess" type="submit" variant="primary">
            Explain
          </ActionButton>
        </div>
      </Stack>
    </form>
  );
}

/** Users and roles first, and then every key by its id. */
function useWhoOptions() {
  const identities = useIdentities();
  const keys = useAll("Sluice", "ListAccessKeys", {}, ({ accessKeys }) => accessKeys, { live: { changed: ["keys"] } });
  return [
    ...(identities.data ?? []).map(({ kind, name, description }) => ({
      id: `${kind}:${name}`,
      title: `${kind}:${name}`,
      description,
    })),
    ...(keys.data ?? []).map(({ accessKeyId, role, userName, description }) => ({
      id: `key:${accessKeyId}`,
      title: `key:${accessKeyId}`,
      description: [userName ?? role, description].filter(Boolean).join(" · "),
    })),
  ];
}
