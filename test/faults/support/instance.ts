/** An instance of the service as a process that is killed and started again on its port, and what it logged over all its lives. */
import { type NodeService, nodeEntry, startService } from '../../support/node-service.ts';
import type { Absence } from '../history.ts';

export interface Instance {
  readonly index: number;
  /** `http://127.0.0.1:<port>`, the same in all its lives. */
  readonly url: string;
  readonly pid: number;
  /** Whether it is there now. */
  readonly isUp: boolean;
  /** When it was not there. */
  readonly absences: readonly Absence[];
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again, and waits until it listens. */
  start(): Promise<void>;
  logs(): string;
}

export interface InstanceOptions {
  readonly index: number;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** What becomes node, such as `env FAKETIME=+4s`. Default: nothing. */
  readonly command?: readonly string[];
}

/** Starts it. */
export async function startInstance({ index, port, settings, command = [] }: InstanceOptions): Promise<Instance> {
  const absences: { instance: number; beganMs: number; endedMs: number }[] = [];
  const past: NodeService[] = [];
  const run = () =>
    startService([...command, process.execPath, nodeEntry], {
      PATH: process.env.PATH ?? '',
      // The clocks that measure durations stay true where a command shifts the time of day.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      ...settings,
      PORT: String(port),
    });
  let service: NodeService = await run();
  let isUp = true;
  return {
    index,
    url: service.url,
    get pid() {
      return service.pid;
    },
    get isUp() {
      return isUp;
    },
    absences,
    async kill() {
      isUp = false;
      absences.push({ instance: index, beganMs: performance.now(), endedMs: Number.POSITIVE_INFINITY });
      past.push(service);
      await service.kill();
    },
    async start() {
      service = await run();
      isUp = true;
      const last = absences.at(-1);
      if (last !== undefined) last.endedMs = performance.now();
    },
    logs: () => [...past, service].map((life) => life.logs()).join(''),
  };
}
