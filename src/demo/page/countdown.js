/** How long a token can still start playback, in words. */

/**
 * The text for this moment. Times are unix seconds, `exp` is 0 without a token; `plays` is whether playback has started.
 * @param {number} exp
 * @param {number} now
 * @param {boolean} plays
 * @returns {{ readonly title: string, readonly text: string }}
 */
export function toCountdown(exp, now, plays) {
  if (exp === 0) return { title: 'Token', text: 'none that plays' };
  const left = Math.ceil(exp - now);
  const after = plays ? 'playback goes on' : 'playback that has started goes on';
  if (left > 0) return { title: 'Token can start playback for', text: `${toMinutes(left)}, and after that ${after}` };
  return { title: 'Token has run out', text: `${toMinutes(-left)} ago; ${after}` };
}

/**
 * @param {number} seconds
 * @returns {string}
 */
function toMinutes(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
