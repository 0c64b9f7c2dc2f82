import { Segmented } from "../../design/segmented.tsx";
import { Select } from "../../design/select.tsx";
import { TextField } from "../../design/text-field.tsx";
import styles from "../../forms/form.module.css";
import { FormPart } from "../../forms/form-page.tsx";
import { Problem } from "../../forms/problem.tsx";
import { AppSpecField } from "./app-spec-field.tsx";
import { BundleField } from "./bundle-field.tsx";
import { bundleTypesOf, typeOfKey } from "./bundle-types.ts";
import type { DeployTarget, RevisionSource, S3Form } from "./deploy-form-state.ts";
import type { DeployHandle } from "./deploy-handle.ts";
import { RegisteredField } from "./registered-field.tsx";

const SOURCES: Readonly<Record<RevisionSource, string>> = {
  "app-spec": "AppSpec",
  bundle: "Bundle",
  registered: "Earlier revision",
  s3: "S3",
  github: "GitHub",
};
const OF_HOSTS: readonly RevisionSource[] = ["bundle", "registered", "s3", "github"];
const OF_SERVICES: readonly RevisionSource[] = ["app-spec", "bundle", "registered", "s3"];

/** What is deployed, from wherever it is. */
export function RevisionPart({ handle, target }: { handle: DeployHandle; target: DeployTarget }) {
  const { form, change, errorOf } = handle;
  const sources = target.platform === "Server" ? OF_HOSTS : OF_SERVICES;
  return (
    <FormPart title="Revision">
      <div className={styles.more}>
        <Segmented
          label="Where the revision is"
          options={sources.map((id) => ({ id, title: SOURCES[id] }))}
          value={form.source}
          onChange={(id) => change({ source: id as RevisionSource })}
        />
      </div>
      {form.source === "bundle" && <BundleField handle={handle} target={target} />}
      {form.source === "registered" && <RegisteredField handle={handle} target={target} />}
      {form.source === "s3" && <S3Fields handle={handle} target={target} />}
      {form.source === "github" && <GitHubFields handle={handle} />}
      {form.source === "app-spec" && <AppSpecField handle={handle} platform={target.platform} />}
      <Problem text={errorOf("revision")} />
    </FormPart>
  );
}

function S3Fields({ handle: { form, change, touch }, target }: { handle: DeployHandle; target: DeployTarget }) {
  const { s3 } = form;
  const put = (part: Partial<S3Form>) => change({ s3: { ...s3, ...part } });
  const leave = () => s3.bucket !== "" && s3.key !== "" && touch("revision");
  return (
    <>
      <div className={styles.columns}>
        <TextField
          label="Bucket"
          value={s3.bucket}
          onChange={(bucket) => put({ bucket })}
          isRequired
          spellCheck="false"
        />
        <Select
          label="Type"
          options={bundleTypesOf(target.platform).map((id) => ({ id, title: id }))}
          value={s3.bundleType === "" ? undefined : s3.bundleType}
          onChange={(bundleType) => put({ bundleType: bundleType as S3Form["bundleType"] })}
          isRequired
        />
      </div>
      <TextField
        label="Key"
        value={s3.key}
        onChange={(key) => put({ key, ...(s3.bundleType === "" && { bundleType: typeOfKey(key) }) })}
        onBlur={leave}
        placeholder="web/1.4.2.zip"
        isRequired
        isMono
        spellCheck="false"
      />
      <div className={styles.columns}>
        <TextField
          label="Version"
          value={s3.version}
          onChange={(version) => put({ version })}
          isMono
          spellCheck="false"
        />
        <TextField
          label="ETag"
          description="Where the object has another one, the deployment fails."
          value={s3.eTag}
          onChange={(eTag) => put({ eTag })}
          isMono
          spellCheck="false"
        />
      </div>
    </>
  );
}

function GitHubFields({ handle: { form, change, touch } }: { handle: DeployHandle }) {
  const { github } = form;
  return (
    <>
      <TextField
        label="Repository"
        value={github.repository}
        onChange={(repository) => change({ github: { ...github, repository } })}
        placeholder="owner/name"
        isRequired
        isMono
        spellCheck="false"
      />
      <TextField
        label="Commit"
        description="The full SHA-1."
        value={github.commitId}
        onChange={(commitId) => change({ github: { ...github, commitId } })}
        onBlur={() => github.repository !== "" && github.commitId !== "" && touch("revision")}
        isRequired
        isMono
        spellCheck="false"
      />
    </>
  );
}
