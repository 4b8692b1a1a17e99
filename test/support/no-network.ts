/** Keeps a unit test on this machine: whoever connects beyond the loopback is told where such a test belongs, at once. */
import { isIPv4, Socket } from 'node:net';

/** `net.connect()` passes its arguments on as one array; without a host Node takes `localhost`, and a path is no network. */
function findHost([first, second]: readonly unknown[]): unknown {
  if (Array.isArray(first)) return findHost(first);
  if (typeof first === 'object' && first !== null) return 'host' in first ? first.host : undefined;
  return typeof second === 'string' ? second : undefined;
}

function isLoopback(host: unknown): boolean {
  if (host === undefined || host === null) return true;
  const name = String(host);
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

const { connect } = Socket.prototype;

Object.assign(Socket.prototype, {
  connect(this: Socket, ...args: readonly unknown[]): unknown {
    const host = findHost(args);
    if (!isLoopback(host))
      throw new TypeError(`A unit test stays on this machine, and this one connects to ${host}: see CONTRIBUTING.md`);
    return Reflect.apply(connect, this, args);
  },
});
