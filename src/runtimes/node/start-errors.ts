/** What keeps a process from starting, told by the setting that it came from and what mends it. */
import { ConfigError } from '../../config.ts';

/** Where a server was to listen, and the settings that say so. */
export interface ListenPlace {
  /** A name or an address of this machine. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
  /** The setting of the host. Default `HOST`. */
  readonly hostSetting?: string;
  /** The setting of the port, such as `PORT`. */
  readonly portSetting: string;
}

/** Why nothing can listen there. An error that is about neither host nor port is given back as it is. */
export function toListenError(error: unknown, place: ListenPlace): unknown {
  const { host, port, hostSetting = 'HOST', portSetting } = place;
  const refuse = (setting: string, message: string) => new ConfigError([{ path: setting, message }]);
  switch (toCode(error)) {
    case 'EADDRINUSE':
      return refuse(portSetting, `${port} is in use on ${host}: end what listens there, or set another port`);
    case 'EACCES':
      return refuse(portSetting, `${port} may not be listened on by this user: set one above 1023`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return refuse(hostSetting, `${host} is no address of this machine: set one, such as 127.0.0.1 or 0.0.0.0`);
    default:
      return error;
  }
}

/** Why a file or a directory that a setting names cannot be used. */
export function toPathError(error: unknown, setting: string, path: string): ConfigError {
  return new ConfigError([{ path: setting, message: `${path} cannot be used: ${toReason(error)}` }]);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there; give the right, or name another path',
  EPERM: 'this user may not write there; give the right, or name another path',
  EROFS: 'it is on a file system that is read only; name another path',
  ENOENT: 'its directory is not there and cannot be made; name another path',
  ENOTDIR: 'a part of the path is a file; name another path',
  EEXIST: 'a file is there where a directory is needed; name another path',
  EISDIR: 'a directory is there where a file is needed; name a file in it',
  ENOSPC: 'the disk is full; make room',
};

/** What SQLite answers to its first statement, by its result codes (sqlite.org/rescode.html). */
const sqliteReasons: Readonly<Record<number, string>> = {
  5: 'another process has it locked; end that, or name another path',
  8: 'this user may not write it; give the right, or name another path',
  11: 'it is damaged; restore it from a backup, or name another path',
  26: 'it is no SQLite database; name another path, or move it away',
};

function toReason(error: unknown): string {
  const { errcode } = error instanceof Error && 'errcode' in error ? error : { errcode: undefined };
  const known = reasons[toCode(error) ?? ''] ?? sqliteReasons[Number(errcode) & 0xff];
  return known ?? (error instanceof Error ? error.message : String(error));
}

function toCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
