/** Writes the OpenAPI document, as `/openapi.json` gives it, to the file that is named: `node .ci/openapi.ts <file>`. */
import { writeFileSync } from 'node:fs';
import { createApiDescription } from '../src/app.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new TypeError('the file to write must be named');
writeFileSync(file, JSON.stringify(createApiDescription()));
