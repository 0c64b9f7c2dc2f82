import { X509Certificate } from "node:crypto";
import { statfs } from "node:fs/promises";
import { Gauge, type Registry } from "prom-client";
import { lastBackupAt } from "../backup/last-backup.ts";
import type { OpenStore } from "../store/open-store.ts";
import type { Ready } from "./http-server.ts";

export interface OperationsMetricsParts {
  readonly store: OpenStore;
  /** As `/readyz` answers. */
  readonly ready: () => Promise<Ready>;
  /** The data directory. */
  readonly directory: string;
  /** What the listeners show, PEM; undefined: they speak plain HTTP. */
  readonly certificatePem: string | undefined;
}

/** What somebody who runs a server is woken for. */
export function addOperationsMetrics(
  registry: Registry,
  { store, ready, directory, certificatePem }: OperationsMetricsParts,
): void {
  const registers = [registry];
  new Gauge({
    name: "sluice_ready",
    help: "1: the server can work; 0: it cannot, and /readyz says why",
    registers,
    async collect() {
      this.set((await ready()).reason === null ? 1 : 0);
    },
  });
  new Gauge({
    name: "sluice_data_directory_free_bytes",
    help: "What the server's user may still write to the disk of the data directory; NaN when the disk does not say",
    registers,
    async collect() {
      this.set(await freeBytes(directory));
    },
  });
  new Gauge({
    name: "sluice_last_backup_timestamp_seconds",
    help: "When the last backup that was sent whole began; 0: never",
    registers,
    async collect() {
      this.set(((await lastBackupAt(store.db)) ?? 0) / 1000);
    },
  });
  if (certificatePem === undefined) return;
  new Gauge({
    name: "sluice_tls_certificate_expiry_timestamp_seconds",
    help: "When the certificate that the server shows expires",
    registers,
  }).set(Date.parse(new X509Certificate(certificatePem).validTo) / 1000);
}

/** One broken disk does not hide every other figure. */
async function freeBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return Number.NaN;
  }
}
