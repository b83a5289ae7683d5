import { type CertificateExtension, generate } from 'selfsigned';

/** A certificate and its key, in PEM form. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const DAY = 24 * 60 * 60 * 1000;
const named = (name: string) => [{ name: 'commonName', value: name }];
const EC = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/** A certificate authority of the tests' own. */
export async function makeAuthority(): Promise<Certificate> {
  const extensions: CertificateExtension[] = [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
  ];
  const { private: key, cert } = await generate(named('Authority of a test'), { ...EC, extensions });
  return { key, cert };
}

/** A certificate for 127.0.0.1, or for another host; signed by itself where there is no authority. */
export async function makeCertificate({
  authority,
  expired = false,
  host,
}: {
  readonly authority?: Certificate;
  readonly expired?: boolean;
  readonly host?: string;
} = {}): Promise<Certificate> {
  const altNames =
    host === undefined ? [{ type: 7 as const, ip: '127.0.0.1' }] : [{ type: 2 as const, value: host }];
  const { private: key, cert } = await generate(named(host ?? '127.0.0.1'), {
    ...EC,
    notBeforeDate: new Date(Date.now() - 20 * DAY),
    notAfterDate: new Date(Date.now() + (expired ? -10 : 10) * DAY),
    extensions: [{ name: 'subjectAltName', altNames }],
    ...(authority && { ca: authority }),
  });
  return { key, cert };
}
