/** The scripts as Node has them: read from the folder `scripts` beside this file. */
import { readFileSync } from 'node:fs';
import { type ScriptFile, type ScriptTexts, scriptFiles } from './scripts.ts';

/** Reads every file. Throws when one is not there. */
export function loadScripts(): ScriptTexts {
  const files = new Set<ScriptFile>(Object.values(scriptFiles).flat());
  const texts = [...files].map((file) => [file, readFileSync(new URL(`scripts/${file}.lua`, import.meta.url), 'utf8')]);
  // Every name of the list was read, which `fromEntries` cannot say.
  return Object.fromEntries(texts) as ScriptTexts;
}
