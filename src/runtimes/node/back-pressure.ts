/** Connections that are read no further for a while, whatever Node has reasons to do with them. */
import type { Socket } from 'node:net';

/** Stops and goes on with reading a connection of an HTTP server. */
export interface BackPressure {
  stopReading(socket: Socket): void;
  /** Does nothing to a connection that is being read. */
  readOn(socket: Socket): void;
}

/** Makes it. Node's HTTP server resumes a socket with each request that was read to its end, so that a mere `pause()` holds nothing back. */
export function createBackPressure(): BackPressure {
  const heldBack = new WeakSet<Socket>();
  function keepPaused(this: Socket): void {
    if (heldBack.has(this)) this.pause();
  }
  return {
    stopReading(socket) {
      heldBack.add(socket);
      socket.on('resume', keepPaused);
      // What was read at once is parsed to its end first, and resumes the socket.
      queueMicrotask(() => keepPaused.call(socket));
    },
    readOn(socket) {
      if (!heldBack.delete(socket)) return;
      socket.off('resume', keepPaused);
      socket.resume();
    },
  };
}
