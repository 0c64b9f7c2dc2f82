import { useEffect } from "react";

/** The document's title: `web / production · Sluice`. Each page says its own, the narrowest first. */
export function usePageTitle(...parts: readonly (string | undefined)[]): void {
  const title = [...parts.filter(Boolean), "Sluice"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
