import { visibleLine } from "@sluice/model/visible-text.ts";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useChange, useOperation } from "../../../api/use-operation.ts";
import { ErrorNote } from "../../../design/error-note.tsx";
import { PageHeader } from "../../../design/page-header.tsx";
import { Card } from "../../../design/section.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { TextField } from "../../../design/text-field.tsx";
import { showToast } from "../../../design/toast.tsx";
import { FormPage, FormPart, NarrowOnly, WideOnly } from "../../../forms/form-page.tsx";
import { useLeaveGuard } from "../../../forms/leave-guard.tsx";
import { TextEditor } from "../../../forms/text-editor.tsx";
import { useForm } from "../../../forms/use-form.ts";
import { usePageTitle } from "../../../shell/page-title.tsx";
import { policiesLink } from "./policies-link.tsx";
import { PolicyWords } from "./policy-words.tsx";
import { usePolicyProblems } from "./use-policy-problems.ts";

const route = getRouteApi("/inside/-/access/policies/$policy/edit");

/** Where one begins. */
const NEW_DOCUMENT = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DeployCheckout",
      "Effect": "Allow",
      "Action": ["codedeploy:CreateDeployment", "codedeploy:Get*", "codedeploy:List*"],
      "Resource": "*"
    }
  ]
}
`;

export function CreatePolicyPage() {
  usePageTitle("Create policy", "Policies");
  return (
    <>
      <PageHeader title="Create policy" breadcrumbs={[policiesLink]} />
      <PolicyForm initial={{ name: "", description: "", document: NEW_DOCUMENT }} isNew />
    </>
  );
}

export function EditPolicyPage() {
  const { policy: name } = route.useParams();
  usePageTitle(`Edit ${name}`, "Policies");
  // Not live: what somebody types is not taken away by what another one saves.
  const { data, error } = useOperation("Sluice", "GetPolicy", { policyName: name });
  return (
    <>
      <PageHeader
        title={`Edit ${visibleLine(name)}`}
        breadcrumbs={[policiesLink]}
        description="Whoever has it has the new one at once."
      />
      {error && <ErrorNote error={error} title="The policy could not be read." />}
      {!data && !error && (
        <Card padded={false}>
          <SkeletonRows rows={6} />
        </Card>
      )}
      {data && (
        <PolicyForm
          initial={{ name, description: data.policy.description ?? "", document: data.document }}
          isNew={false}
        />
      )}
    </>
  );
}

interface PolicyFields {
  readonly name: string;
  readonly description: string;
  readonly document: string;
}

function PolicyForm({ initial, isNew }: { initial: PolicyFields; isNew: boolean }) {
  const put = useChange("Sluice", "PutPolicy");
  const navigate = useNavigate();
  const handle = useForm<PolicyFields, "name">({
    initial,
    problemsOf: ({ name }) => (name.trim() === "" ? { name: "Name the policy." } : {}),
    fieldOfFault: () => undefined,
  });
  const { form, change, touch, errorOf } = handle;
  const { guard, release } = useLeaveGuard(handle.isDirty && !handle.isPending);
  const problems = usePolicyProblems(form.document);
  const isFaulty = form.document.trim() === "" || problems.some(({ severity }) => severity === "error");
  const name = form.name.trim();
  const leave = () =>
    isNew
      ? navigate({ to: "/-/access", search: { tab: "policies" } })
      : navigate({ to: "/-/access/policies/$policy", params: { policy: initial.name } });
  const save = async () => {
    const description = form.description.trim();
    const isSaved = await handle.submit(() =>
      put.mutateAsync({
        policyName: name,
        document: form.document,
        ...((description !== "" || !isNew) && { description }),
      }),
    );
    if (!isSaved) return;
    release();
    showToast({ title: `The policy ${name} is ${isNew ? "made" : "saved"}` });
    await navigate({ to: "/-/access/policies/$policy", params: { policy: name } });
  };
  return (
    <>
      {guard}
      <FormPage
        formRef={handle.ref}
        label={isNew ? "Create policy" : "Edit policy"}
        action="sluice:PutPolicy"
        submitLabel={isNew ? "Create policy" : "Save policy"}
        onSubmit={() => void save()}
        onCancel={() => void leave()}
        isPending={handle.isPending}
        error={handle.error}
        unavailable={isFaulty ? "Mend the document first: what is wrong with it is beneath it." : undefined}
        aside={
          <WideOnly>
            <PolicyWords />
          </WideOnly>
        }
      >
        <FormPart title="Policy">
          {isNew && (
            <TextField
              label="Name"
              value={form.name}
              onChange={(text) => change({ name: text })}
              onBlur={() => form.name !== "" && touch("name")}
              error={errorOf("name")}
              isRequired
              autoFocus
              spellCheck="false"
            />
          )}
          <TextField label="Description" value={form.description} onChange={(description) => change({ description })} />
          <TextEditor
            label="Document"
            value={form.document}
            onChange={(document) => change({ document })}
            problems={problems}
            praise="It is a valid policy, and everything in it can matter."
          />
        </FormPart>
        <NarrowOnly>
          <PolicyWords />
        </NarrowOnly>
      </FormPage>
    </>
  );
}
