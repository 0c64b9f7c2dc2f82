import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { classNames } from "../../design/class-names.ts";
import { tagText } from "./host-filter.ts";
import styles from "./tag-list.module.css";

interface TagListProps {
  readonly tags: readonly Tag[];
  /** More than this are counted; all when absent. */
  readonly most?: number;
  /** Of a press on one: filters by it. */
  readonly onPress?: ((tag: Tag) => void) | undefined;
}

/** Tags of a host, one after the other. */
export function TagList({ tags, most = tags.length, onPress }: TagListProps) {
  if (tags.length === 0) return <span className={styles.none}>—</span>;
  const left = tags.slice(most);
  return (
    <span className={styles.tags}>
      {tags.slice(0, most).map((tag) =>
        onPress ? (
          <button
            key={tag.Key}
            type="button"
            title={`Show hosts with ${tagText(tag)}`}
            className={classNames(styles.tag, styles.pressable)}
            onClick={() => onPress(tag)}
          >
            <TagWords tag={tag} />
          </button>
        ) : (
          <span key={tag.Key} title={tagText(tag)} className={styles.tag}>
            <TagWords tag={tag} />
          </span>
        ),
      )}
      {left.length > 0 && (
        <span className={styles.none} title={left.map(tagText).join("\n")}>
          +{left.length}
        </span>
      )}
    </span>
  );
}

export function TagWords({ tag: { Key, Value } }: { tag: Tag }) {
  return (
    <>
      <span className={styles.key}>{Key}</span>
      {Value !== "" && <span className={styles.value}>{Value}</span>}
    </>
  );
}
