/** Whether the Worker builds, and stays small: `node .ci/worker-size.ts <folder>` leaves the bundle there. */
import { execFileSync } from 'node:child_process';
import { report } from './code.ts';

/**
 * Compressed. Cloudflare takes 3 MB on the free plan and 10 MB on the paid one (developers.cloudflare.com/workers/platform/limits),
 * but an isolate parses all of it before its first answer. Most of the bundle are the AWS clients, Hono and zod, and what the service
 * itself does has some room to grow: whoever brings a library that goes beyond this shall see what it costs.
 */
const maxGzipKiB = 550;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new TypeError('the folder for the bundle must be named');
const printed = execFileSync('wrangler', ['deploy', '--dry-run', '--outdir', folder], { encoding: 'utf8' });
const [, size] = /gzip: ([\d.]+) KiB/.exec(printed) ?? [];
if (size === undefined) report([`wrangler did not say how large the bundle is:\n${printed}`]);
report(Number(size) <= maxGzipKiB ? [] : [`the Worker has ${size} KiB compressed, ${maxGzipKiB} at most`]);
