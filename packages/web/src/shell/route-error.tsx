import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { Button } from "../design/button.tsx";
import { ErrorNote } from "../design/error-note.tsx";

/** In place of a page that failed. The rest of the console goes on. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <ErrorNote
      error={error}
      title="This page could not be shown."
      cure={
        isMissingPart(error)
          ? "The connection failed, or the server was upgraded meanwhile: load the page again."
          : undefined
      }
      actions={
        isMissingPart(error) ? (
          <Button onPress={() => location.reload()}>Load again</Button>
        ) : (
          <Button onPress={again}>Try again</Button>
        )
      }
    />
  );
}

/** A part of the page that did not arrive, or is not there any more. Each browser says it in its own words, and not which of the two. */
function isMissingPart(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|module script failed|preload CSS/i.test(error.message);
}
