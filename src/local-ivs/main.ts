/** `npm run local-ivs`: a local IVS alone, until it is told to end. */
import { prettifyError, ZodError } from 'zod';
import { DataFileError, startLocalIvs } from './local-ivs.ts';
import { parseEnvironment } from './settings.ts';

/** Why it cannot listen, by the system's code: which setting that comes from, and what mends it. */
const listenErrors: Readonly<Record<string, { readonly setting: string; readonly mend: string }>> = {
  EADDRINUSE: { setting: 'LOCAL_IVS_PORT', mend: 'End what listens there, or set another port.' },
  EACCES: { setting: 'LOCAL_IVS_PORT', mend: 'Set a port above 1023.' },
  EADDRNOTAVAIL: { setting: 'LOCAL_IVS_HOST', mend: 'Set an address of this machine, such as 127.0.0.1.' },
  ENOTFOUND: { setting: 'LOCAL_IVS_HOST', mend: 'Set an address of this machine, such as 127.0.0.1.' },
  EAI_AGAIN: { setting: 'LOCAL_IVS_HOST', mend: 'Set an address of this machine, such as 127.0.0.1.' },
};

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
  // The CLI of Debian 12 does not know the variable, and would call AWS itself.
  console.log(
    `AWS clients reach it with --endpoint-url ${localIvs.url}, those since July 2023 with AWS_ENDPOINT_URL_IVS=${localIvs.url}`,
  );
  console.log(`What it knows and how to set it: ${localIvs.url}/_local/`);
} catch (error) {
  console.error(toText(error));
  process.exitCode = 1;
}

function toText(error: unknown): string {
  if (error instanceof ZodError) return `These settings are wrong:\n${prettifyError(error)}`;
  if (error instanceof DataFileError) return `LOCAL_IVS_DATA: ${error.message}`;
  const { setting, mend } = listenErrors[toCode(error)] ?? {};
  const message = error instanceof Error ? error.message : String(error);
  return setting === undefined ? message : `${setting}: ${message}. ${mend}`;
}

function toCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
