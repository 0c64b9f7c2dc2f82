import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { type RevisionLocation as KnownLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import { useState } from "react";
import { useOperation } from "../../api/use-operation.ts";
import { ErrorNote } from "../../design/error-note.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { ChoiceList } from "../../forms/choice-list.tsx";
import form from "../../forms/form.module.css";
import type { DeployTarget } from "./deploy-form-state.ts";
import type { DeployHandle } from "./deploy-handle.ts";

const SHOWN = 50;

/** A revision that the application has had before. */
export function RegisteredField({ handle, target }: { handle: DeployHandle; target: DeployTarget }) {
  const [text, setText] = useState("");
  const { data, error, isPending } = useOperation(
    "CodeDeploy",
    "ListApplicationRevisions",
    { applicationName: target.applicationName, sortBy: "lastUsedTime", sortOrder: "descending" },
    { live: { changed: ["revisions"] } },
  );
  const { registered } = handle.form;
  const listed = data?.revisions ?? [];
  const all = registered && !listed.some((one) => keyOf(one) === keyOf(registered)) ? [registered, ...listed] : listed;
  const found = all.filter((revision) => revisionName(revision).toLowerCase().includes(text.toLowerCase()));
  if (error) return <ErrorNote error={error} title="The revisions could not be read." />;
  if (isPending) return <SkeletonRows rows={3} />;
  if (all.length === 0)
    return <p className={form.about}>The application has no revision yet: upload a bundle first.</p>;
  return (
    <>
      <SearchField label="Search revisions" value={text} onChange={setText} />
      <ChoiceList
        label="Revisions, the one used last first"
        options={found.slice(0, SHOWN).map((revision) => ({ id: keyOf(revision), title: revisionName(revision) }))}
        value={registered && keyOf(registered)}
        onChange={(id) => handle.change({ registered: all.find((revision) => keyOf(revision) === id) })}
        none="No revision fits."
      />
      {found.length > SHOWN && <p className={form.about}>and {found.length - SHOWN} more: search for one.</p>}
    </>
  );
}

function keyOf(revision: RevisionLocation): string {
  return revisionKey(revision as KnownLocation);
}
