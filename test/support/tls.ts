/** A certificate for 127.0.0.1 that protects nothing: for servers, and for those who connect to them. */
import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';

const toPath = (name: string) => fileURLToPath(new URL(`../vectors/tls/${name}`, import.meta.url));

/** The paths of its halves. Whoever signed it is itself. */
export const testCertificate = { certificate: toPath('certificate.pem'), key: toPath('key.pem') };

/** Lets this process trust it beside those that it trusts anyway, as `NODE_EXTRA_CA_CERTS` does. */
export function trustTestCertificate(): void {
  setDefaultCACertificates([...getCACertificates(), readFileSync(testCertificate.certificate, 'utf8')]);
}
