import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { signOut } from "../../api/session.ts";
import { announce } from "../../design/announcer.ts";
import { Icon } from "../../design/icon.tsx";
import { Spinner } from "../../design/spinner.tsx";
import { useAccess } from "../access.tsx";
import { type Command, commandSources, isPaletteOpen } from "../commands.ts";
import { CommandList, optionId } from "./command-list.tsx";
import styles from "./palette.module.css";
import { sectionsOf } from "./sections.ts";
import { builtInSources } from "./sources.ts";
import { useFoundCommands } from "./use-found-commands.ts";

/** Finds any application, group, deployment, host, page or action, by typing. */
export function Palette() {
  const close = () => isPaletteOpen.set(false);
  return (
    <ModalOverlay isOpen onOpenChange={(open) => !open && close()} isDismissable className={styles.backdrop ?? ""}>
      <Modal className={styles.modal ?? ""}>
        <Dialog aria-label="Search" className={styles.dialog ?? ""}>
          <Search onDone={close} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function useSources() {
  const router = useRouter();
  const client = useQueryClient();
  const access = useAccess();
  const { accessKeyId } = access;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the key may do is new when its id becomes known, and not with each render
  return useMemo(() => {
    const leave = () => void signOut().catch(() => undefined);
    return [...builtInSources({ go: router.navigate, client, access, leave }), ...commandSources()];
  }, [router, client, accessKeyId]);
}

function Search({ onDone }: { onDone: () => void }) {
  const listId = useId();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string>();
  const { commands, isLooking } = useFoundCommands(useSources(), text.trim());
  const sections = sectionsOf(commands);
  const shown = sections.flatMap((section) => section.commands);
  const active = shown.find(({ id }) => id === chosen) ?? shown[0];

  const run = (command: Command) => {
    if (command.unavailable !== undefined) return announce(command.unavailable);
    onDone();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && shown.length > 0) {
      event.preventDefault();
      const at = active === undefined ? -1 : shown.indexOf(active);
      setChosen(shown[(at + step + shown.length) % shown.length]?.id);
    } else if (event.key === "Enter" && active !== undefined && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(active);
    }
  };
  const type = (typed: string) => {
    setText(typed);
    setChosen(undefined);
  };

  return (
    <>
      <div className={styles.head}>
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type into it
          autoFocus
          role="combobox"
          aria-label="Search applications, groups, deployments, hosts and actions"
          aria-expanded={shown.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active && optionId(listId, active)}
          autoComplete="off"
          spellCheck={false}
          placeholder="Search, or type what to do"
          className={styles.input}
          value={text}
          onChange={({ target }) => type(target.value)}
          onKeyDown={onKeyDown}
        />
        {isLooking && <Spinner />}
        <kbd className={styles.key}>Esc</kbd>
      </div>
      <CommandList id={listId} sections={sections} active={active} onPoint={setChosen} onRun={run} />
      {shown.length === 0 && (
        <p role="status" className={styles.none}>
          {isLooking ? "Looking…" : `Nothing is called “${text.trim()}”.`}
        </p>
      )}
      <p className={styles.foot}>
        <kbd className={styles.key}>↑</kbd>
        <kbd className={styles.key}>↓</kbd> to choose
        <kbd className={styles.key}>↵</kbd> to open
      </p>
    </>
  );
}
