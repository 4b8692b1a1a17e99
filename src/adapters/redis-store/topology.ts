/** How Redis is run: one server, a master that Sentinels name, or a Cluster. */

/** Where a Sentinel or a node of a Cluster listens. */
export interface RedisAddress {
  /** A name or an IP address, IPv6 without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** How Redis is run, beside the URL that says how to log in. */
export type RedisTopology =
  /** One server: the URL's. */
  | { readonly kind: 'single' }
  /** The master of that name, as the Sentinels know it. The host and port of the URL are not used; `rediss` is for the Sentinels too. */
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisAddress[];
      readonly masterName: string;
      /** Of the Sentinels themselves. Default: they ask for none. */
      readonly sentinelPassword?: string;
    }
  /** A Cluster, of which the server of the URL and these `nodes` are asked for the others. */
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] };
