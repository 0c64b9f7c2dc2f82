import type { HostSummary, Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { type FormEvent, useState } from "react";
import { useChange } from "../../api/use-operation.ts";
import { announce } from "../../design/announcer.ts";
import { Button, IconButton } from "../../design/button.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { TextField } from "../../design/text-field.tsx";
import { useAccess } from "../../shell/access.tsx";
import styles from "./tag-editor.module.css";
import { TagWords } from "./tag-list.tsx";
import { parseTag } from "./tag-text.ts";

/** The tags of a host, each of which can be taken away, and a field for another. Every change is made at once. */
export function TagEditor({ host }: { host: HostSummary }) {
  const tagHost = useChange("Sluice", "TagHost");
  const untagHost = useChange("Sluice", "UntagHost");
  const { refusal } = useAccess();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const error = tagHost.error ?? untagHost.error;

  const add = async (event: FormEvent) => {
    event.preventDefault();
    const parsed = parseTag(text);
    if ("problem" in parsed) return setProblem(parsed.problem);
    setProblem(undefined);
    untagHost.reset();
    await tagHost.mutateAsync({ host: host.hostId, tags: [parsed.tag] }).then(
      () => setText(""),
      () => undefined,
    );
    announce(`${text} is set`);
  };
  const remove = (tag: Tag) => {
    tagHost.reset();
    untagHost.mutate({ host: host.hostId, tagKeys: [tag.Key] }, { onSuccess: () => announce(`${tag.Key} is removed`) });
  };

  return (
    <div className={styles.editor}>
      {host.tags.length > 0 && (
        <ul className={styles.tags}>
          {host.tags.map((tag) => (
            <li key={tag.Key} className={styles.tag}>
              <span className={styles.words}>
                <TagWords tag={tag} />
              </span>
              <IconButton
                icon="x"
                size="small"
                label={`Remove the tag ${tag.Key}`}
                unavailable={refusal("sluice:UntagHost")}
                onPress={() => remove(tag)}
              />
            </li>
          ))}
        </ul>
      )}
      <form className={styles.form} onSubmit={(event) => void add(event)}>
        <TextField
          label="Set a tag"
          description="KEY=VALUE. A key that the host has gets the new value."
          placeholder="Role=web"
          value={text}
          onChange={(value) => {
            setText(value);
            setProblem(undefined);
          }}
          error={problem}
          isRequired
          isDisabled={refusal("sluice:TagHost") !== undefined}
        />
        <Button type="submit" isPending={tagHost.isPending} unavailable={refusal("sluice:TagHost")}>
          Set
        </Button>
      </form>
      {error && <ErrorNote error={error} title="The tags are as they were." />}
    </div>
  );
}
