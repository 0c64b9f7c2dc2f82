import { Outlet, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { keepConnected } from "../api/event-stream.ts";
import { isSignedIn } from "../api/session.ts";
import { useObservable } from "../state/observable.ts";
import { isPaletteOpen, usePaletteKey } from "./commands.ts";
import { ConnectionBanner } from "./connection-state.tsx";
import styles from "./layout.module.css";
import { Navigation } from "./navigation.tsx";
import { useFocusOnNavigation } from "./navigation-focus.ts";

const loadPalette = () => import("./palette/palette.tsx");
const Palette = lazy(() => loadPalette().then(({ Palette: component }) => ({ default: component })));
/** Once the page is there: who then presses its key may type on at once. */
const PALETTE_LOAD_MILLISECONDS = 1500;

const MAIN_ID = "main";

/** What all pages with a session have around them. Without one it leads to the sign-in page, which leads back. */
export function Layout() {
  const isIn = useObservable(isSignedIn);
  const router = useRouter();
  useEffect(() => {
    if (isIn) return;
    const { href } = router.state.location;
    void router.navigate({ to: "/-/sign-in", search: href === "/" ? {} : { to: href }, replace: true });
  }, [isIn, router]);
  return isIn ? <SignedInLayout /> : null;
}

function SignedInLayout() {
  const isSearching = useObservable(isPaletteOpen);
  useEffect(keepConnected, []);
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), PALETTE_LOAD_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);
  usePaletteKey();
  useFocusOnNavigation(MAIN_ID);
  return (
    <div className={styles.layout}>
      <a href={`#${MAIN_ID}`} className={styles.skip} onClick={skipTo(MAIN_ID)}>
        Skip to the content
      </a>
      <Navigation />
      <div className={styles.column}>
        <ConnectionBanner />
        <main id={MAIN_ID} tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
      </div>
      {isSearching && (
        <Suspense>
          <Palette />
        </Suspense>
      )}
    </div>
  );
}

/** Without a fragment in the URL, which is a deep link that people copy. */
function skipTo(id: string) {
  return (event: React.MouseEvent) => {
    event.preventDefault();
    document.getElementById(id)?.focus();
  };
}
