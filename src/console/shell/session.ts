/**
 * The credential of whoever uses this tab. It lies in `sessionStorage`: that survives a reload, ends with the tab, and is no other tab's.
 * In memory alone a reload would sign everybody out; `localStorage` and cookies would outlive the tab. It is never in a URL.
 */
import { useSyncExternalStore } from 'react';

/** Who is signed in, and with what. */
export interface Session {
  /** The bearer credential: an API key, or the JWT of a person. */
  readonly credential: string;
  readonly kind: 'key' | 'person';
}

const storageKey = 'playgate.session';
const listeners = new Set<() => void>();
let session = readStored();
let farewell: string | undefined;

/** The session of now; undefined when nobody is signed in. */
export function getSession(): Session | undefined {
  return session;
}

/** Signs in for as long as the tab is there. */
export function startSession(next: Session): void {
  sessionStorage.setItem(storageKey, JSON.stringify(next));
  farewell = undefined;
  change(next);
}

/** Signs out; `because` is said where the next sign-in is asked for. */
export function endSession(because?: string): void {
  sessionStorage.removeItem(storageKey);
  farewell = because;
  change(undefined);
}

/** The session, and why the last one ended. */
export function useSession(): { readonly session: Session | undefined; readonly farewell: string | undefined } {
  return { session: useSyncExternalStore(subscribe, getSession), farewell };
}

function change(next: Session | undefined): void {
  session = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function readStored(): Session | undefined {
  const stored = sessionStorage.getItem(storageKey);
  if (stored === null) return undefined;
  const { credential, kind } = JSON.parse(stored) as Partial<Session>;
  return typeof credential === 'string' ? { credential, kind: kind === 'person' ? 'person' : 'key' } : undefined;
}
