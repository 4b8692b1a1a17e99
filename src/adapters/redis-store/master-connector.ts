/** Connects to one server, and refuses it when it is a replica: what it says may be old, and it takes no writes. */
import { createConnection, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { AbstractConnector } from 'ioredis';

/** The part of the client's options that says where to. */
interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly family?: number;
  readonly disconnectTimeout: number;
  readonly tls?: ConnectionOptions;
}

/** A class for the client's option `Connector`; `onReplica` is told each time that the server is found to be a replica. */
export function createMasterConnector(onReplica: () => void) {
  return class MasterConnector extends AbstractConnector {
    readonly #address: ServerAddress;

    constructor(options: unknown) {
      // The client gives its own options, and says of them only that they are unknown.
      const address = options as ServerAddress;
      super(address.disconnectTimeout);
      this.#address = address;
    }

    /** `info` is what the server says of itself as soon as it can serve. */
    override check(info: { readonly role?: string }): boolean {
      const isReplica = info.role === 'slave';
      if (isReplica) onReplica();
      return !isReplica;
    }

    override async connect(): Promise<Socket | TLSSocket> {
      const { host, port, family, tls } = this.#address;
      const to = { host, port, ...(family !== undefined && { family }) };
      this.connecting = true;
      this.stream = tls === undefined ? createConnection(to) : connectTls({ ...to, ...tls });
      this.stream.once('error', (error) => {
        this.firstError = error;
      });
      return this.stream;
    }
  };
}
