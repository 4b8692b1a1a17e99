/** `npm run local-ivs`: a local IVS alone, until it is told to end. */
import { prettifyError, ZodError } from 'zod';
import { startLocalIvs } from './local-ivs.ts';
import { parseEnvironment } from './settings.ts';
import { DataFileError } from './state/data-file.ts';

try {
  const options = parseEnvironment(process.env);
  const localIvs = await startLocalIvs(options);
  // Before it says that it runs, as whoever reads that may end it at once. A second signal ends the process in the usual way.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void localIvs.close());
  }
  console.log(
    `Local IVS on ${localIvs.url}; its state is ${options.dataFile ? `in ${options.dataFile}` : 'in memory'}.`,
  );
  console.log(
    `AWS clients reach it with AWS_ENDPOINT_URL_IVS=${localIvs.url}, older ones with --endpoint-url ${localIvs.url}`,
  );
  console.log(`What it knows and how to set it: ${localIvs.url}/_local/`);
} catch (error) {
  console.error(toText(error));
  process.exitCode = 1;
}

function toText(error: unknown): string {
  if (error instanceof ZodError) return `These settings are wrong:\n${prettifyError(error)}`;
  if (error instanceof DataFileError) return `LOCAL_IVS_DATA: ${error.message}`;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return `LOCAL_IVS_PORT: ${error.message}. End what listens there, or set another port.`;
  return error instanceof Error ? error.message : String(error);
}
