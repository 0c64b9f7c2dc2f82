import { Outlet, useRouter } from "@tanstack/react-router";
import { I18nProvider, RouterProvider } from "react-aria-components";
import { ToastRegion } from "../design/toast.tsx";
import { LiveRegion } from "./live-region.tsx";

/** Around every page, with a session or without. */
export function Root() {
  const router = useRouter();
  return (
    <I18nProvider locale={navigator.language}>
      <RouterProvider navigate={(href) => void router.navigate({ href })}>
        <Outlet />
        <ToastRegion />
        <LiveRegion />
      </RouterProvider>
    </I18nProvider>
  );
}
