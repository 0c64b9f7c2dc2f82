import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { isSignedIn, linkError, signIn } from "../api/session.ts";
import { Button } from "../design/button.tsx";
import { CommandBlock } from "../design/copyable.tsx";
import { ErrorNote } from "../design/error-note.tsx";
import { TextField } from "../design/text-field.tsx";
import { useObservable } from "../state/observable.ts";
import { Logo } from "./logo.tsx";
import { usePageTitle } from "./page-title.tsx";
import styles from "./sign-in-page.module.css";
import { isOwnPath } from "./sign-in-target.ts";
import { present, textOf } from "./url-search.ts";

/** `to`: the page of this console that was asked for. */
export function signInSearch(search: Readonly<Record<string, unknown>>) {
  const to = textOf(search.to);
  return present({ to: to !== undefined && isOwnPath(to) ? to : undefined });
}

export function SignInPage() {
  usePageTitle("Sign in");
  const { to = "/" } = useSearch({ from: "/-/sign-in" });
  const navigate = useNavigate();
  const isIn = useObservable(isSignedIn);
  const failedLink = useObservable(linkError);
  const [accessKeyId, setAccessKeyId] = useState("");
  const [secretAccessKey, setSecretAccessKey] = useState("");
  const [error, setError] = useState<unknown>();
  const [isPending, setIsPending] = useState(false);

  useEffect(() => {
    if (isIn) void navigate({ href: to, replace: true });
  }, [isIn, navigate, to]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsPending(true);
    setError(undefined);
    linkError.set(undefined);
    try {
      await signIn({ accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim() });
    } catch (thrown) {
      setError(thrown);
    } finally {
      setIsPending(false);
    }
  };

  return (
    <main className={styles.page}>
      <div className={styles.box}>
        <Logo size={36} />
        <h1 className={styles.title}>Sign in to Sluice</h1>
        {failedLink !== undefined && error === undefined && (
          <ErrorNote error={failedLink} title="The link did not work." />
        )}
        {error !== undefined && <ErrorNote error={error} />}
        <form className={styles.form} onSubmit={submit}>
          <TextField
            label="Access key ID"
            name="username"
            autoComplete="username"
            value={accessKeyId}
            onChange={setAccessKeyId}
            isRequired
            isMono
            spellCheck="false"
          />
          <TextField
            label="Secret access key"
            name="password"
            type="password"
            autoComplete="current-password"
            value={secretAccessKey}
            onChange={setSecretAccessKey}
            isRequired
            isMono
          />
          <Button type="submit" variant="primary" isPending={isPending}>
            Sign in
          </Button>
        </form>
        <div className={styles.other}>
          <p>Or open a one-time link, without typing a key. Where you use the command line, run:</p>
          <CommandBlock command="sluice console" />
        </div>
      </div>
    </main>
  );
}
