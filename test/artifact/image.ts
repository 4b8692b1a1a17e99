/** What the tests know of an image that was made on this machine, whichever way. */
import type { NodeService } from '../support/node-service.ts';

/** An image of the service, from which one can be started. */
export interface Image {
  /** How it was made. */
  readonly way: string;
  /** Where its `/` lies on this machine. */
  readonly root: string;
  /** What a service that it starts calls this folder: `/` when it sees nothing else of the machine. */
  readonly rootInside: string;
  /** Its WORKDIR, below its root. */
  readonly workingDirectory: string;
  /** The words of CMD. */
  readonly command: readonly string[];
  /** Starts its command with its ENV and these settings, which count more. */
  start(settings: Readonly<Record<string, string>>): Promise<NodeService>;
  /** Takes it off this machine, with all that the services have written into it. */
  remove(): Promise<void>;
}
