/** Writes the OpenAPI document, as `/openapi.json` gives it, to the file that is named: `node .ci/openapi.ts <file>`. */
import { writeFileSync } from 'node:fs';
import { createJsonLog } from '../src/adapters/json-log.ts';
import { createApp } from '../src/app.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new TypeError('the file to write must be named');
const log = createJsonLog('silent', () => undefined);
const app = createApp({ services: Object.create(null), log, viewerLocation: () => undefined });
writeFileSync(file, await (await app.request('/openapi.json')).text());
