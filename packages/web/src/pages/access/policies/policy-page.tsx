import { visibleLine, visibleText } from "@sluice/model/visible-text.ts";
import type { GetPolicyOutput } from "@sluice/wire/sluice/access-api.ts";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useOperation } from "../../../api/use-operation.ts";
import { CommandBlock, Copyable } from "../../../design/copyable.tsx";
import { ConfirmDialog } from "../../../design/dialog.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { KeyValue } from "../../../design/key-value.tsx";
import { ButtonLink, Link } from "../../../design/link.tsx";
import { Note } from "../../../design/note.tsx";
import { PageHeader } from "../../../design/page-header.tsx";
import { Card, Section } from "../../../design/section.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { Stack } from "../../../design/stack.tsx";
import { Badge } from "../../../design/status-badge.tsx";
import { Time } from "../../../design/time.tsx";
import { showToast } from "../../../design/toast.tsx";
import { Allowed } from "../../../forms/allowed.tsx";
import { ActionButton } from "../../../shell/access.tsx";
import { usePageTitle } from "../../../shell/page-title.tsx";
import { policiesLink } from "./policies-link.tsx";
import { usePolicyProblems } from "./use-policy-problems.ts";

const route = getRouteApi("/inside/-/access/policies/$policy");
const MANAGED_ARN_PREFIX = "arn:aws:iam::aws:policy/";

/** One policy: its document, what of it can never matter, and who has it. */
export function PolicyPage() {
  const { policy: name } = route.useParams();
  const { scope } = route.useSearch();
  usePageTitle(name, "Policies");
  const { data, error } = useOperation(
    "Sluice",
    "GetPolicy",
    { policyName: scope === "aws" ? `${MANAGED_ARN_PREFIX}${name}` : name },
    { live: { changed: ["keys"] } },
  );
  if (data) return <LoadedPolicy policy={data} />;
  return (
    <>
      <PageHeader title={visibleLine(name)} breadcrumbs={[policiesLink]} />
      {error ? (
        <ErrorNote error={error} title="The policy could not be read." />
      ) : (
        <Card padded={false}>
          <SkeletonRows rows={6} />
        </Card>
      )}
    </>
  );
}

function LoadedPolicy({ policy: { policy, document, attachedTo } }: { policy: GetPolicyOutput }) {
  const { policyName, arn, isAwsManaged, description, createdAt, updatedAt } = policy;
  const warnings = usePolicyProblems(document);
  return (
    <>
      <PageHeader
        title={visibleLine(policyName)}
        breadcrumbs={[policiesLink]}
        description={description && visibleLine(description)}
        aside={isAwsManaged && <Badge>Managed</Badge>}
        actions={!isAwsManaged && <PolicyActions policyName={policyName} holders={attachedTo.length} />}
      />
      <Section title="Facts" padded>
        <KeyValue
          look="grid"
          items={[
            { name: "ARN", value: <Copyable text={arn} noun="ARN" /> },
            { name: "Created", value: createdAt && <Time at={createdAt} /> },
            { name: "Changed", value: updatedAt && <Time at={updatedAt} /> },
            { name: "Of", value: isAwsManaged ? "every server, as it is" : undefined },
          ]}
        />
      </Section>
      <Section title="Document" framed={false}>
        <Stack>
          {warnings.length > 0 && (
            <Note tone="warning" title="Something in it never matters.">
              {warnings.map(({ message }) => (
                <p key={message}>{visibleLine(message)}</p>
              ))}
            </Note>
          )}
          <CommandBlock noun="document" command={visibleText(document)} />
        </Stack>
      </Section>
      <Section title="Users and roles that have it" count={attachedTo.length} padded={attachedTo.length === 0}>
        {attachedTo.length === 0 ? (
          <p>Nobody has it.</p>
        ) : (
          <KeyValue
            items={attachedTo.map(({ kind, name }) => ({
              name: kind === "role" ? "Role" : "User",
              value: (
                <Link to="/-/access" search={{ tab: "explain", who: `${kind}:${name}` }}>
                  {visibleLine(name)}
                </Link>
              ),
            }))}
          />
        )}
      </Section>
    </>
  );
}

function PolicyActions({ policyName, holders }: { policyName: string; holders: number }) {
  const [isDeleting, setIsDeleting] = useState(false);
  const remove = useChange("Sluice", "DeletePolicy");
  const navigate = useNavigate();
  return (
    <>
      <ActionButton action="sluice:DeletePolicy" icon="trash" onPress={() => setIsDeleting(true)}>
        Delete
      </ActionButton>
      <Allowed action="sluice:PutPolicy" label="Edit" icon="edit" variant="primary">
        <ButtonLink to="/-/access/policies/$policy/edit" params={{ policy: policyName }} icon="edit" variant="primary">
          Edit
        </ButtonLink>
      </Allowed>
      <ConfirmDialog
        title={`Delete the policy ${visibleLine(policyName)}?`}
        isOpen={isDeleting}
        onClose={() => setIsDeleting(false)}
        confirmLabel="Delete policy"
        isDangerous
        onConfirm={async () => {
          await remove.mutateAsync({ policyName });
          showToast({ title: `The policy ${visibleLine(policyName)} is deleted` });
          await navigate({ to: "/-/access", search: { tab: "policies" } });
        }}
      >
        <p>
          {holders === 0
            ? "Nobody has it, so nobody loses anything."
            : "Users and roles have it: take it from them first, or the server refuses."}
        </p>
      </ConfirmDialog>
    </>
  );
}
