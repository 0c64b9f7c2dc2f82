import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { announce } from "../design/announcer.ts";

/** On another page the focus begins at its content, and a screen reader hears its title. A change of search parameters moves nothing. */
export function useFocusOnNavigation(mainId: string): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
        if (fromLocation === undefined || !pathChanged) return;
        document.getElementById(mainId)?.focus({ preventScroll: true });
        announce(document.title);
      }),
    [router, mainId],
  );
}
