/** Sees to it that a test that fails leaves no process behind. */
import type { ChildProcess } from 'node:child_process';

/** Ends a child at once when this process ends; `end` may end more than the child, or remove what it leaves. */
export function endWithTests(child: ChildProcess, end = () => void child.kill('SIGKILL')): void {
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}
