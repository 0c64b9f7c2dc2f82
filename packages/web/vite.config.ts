import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Built by scripts/build-web.ts into `dist/web`. The server puts a fresh nonce for `__NONCE__` into each answer. */
export default defineConfig({
  root: import.meta.dirname,
  // Absolute, so that a deep link such as /-/deployments/d-1 finds them.
  base: "/-/",
  plugins: [react()],
  css: { modules: { localsConvention: "camelCaseOnly" } },
  build: {
    target: ["chrome123", "firefox125", "safari17.5"],
    assetsDir: "assets",
    // Everything is a file of its own: the page's Content-Security-Policy allows no `data:` but for images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
  },
});
