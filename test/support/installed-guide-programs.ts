/** Sees to it that the programs are there that the guides' commands call. */
import { findProgram, installProgram } from './programs.ts';

export default async function setUp(): Promise<void> {
  const programs = [
    { names: ['curl'], package: 'curl', title: 'curl' },
    { names: ['jq'], package: 'jq', title: 'jq' },
    { names: ['openssl'], package: 'openssl', title: 'OpenSSL' },
    { names: ['python3'], package: 'python3', title: 'Python 3' },
  ];
  for (const program of programs) if (findProgram(program.names) === undefined) await installProgram(program);
}
