/** Headers that say nothing about who sends them. */
const HARMLESS: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'content-type', 'user-agent']);
/** A shorter value would hide half the alphabet. */
const LEAST_LENGTH = 4;
const HIDDEN = '***';
/** Keys as services write them, also into their error messages, where parts of them may be starred out already. */
const KEY_LIKE = /\b(?:sk|pk|rk)-[\w*-]{6,}|\bBearer\s+[\w.~+/*-]{8,}=*/g;
const CREDENTIALS_IN_URL = /(:\/\/)[^\s/@]+@/g;
const NAMED_LIKE_A_KEY = /key(id)?$|token|secret|passw|credential|signature|^sig$|^auth|^code$/i;
const BASE64_USER = /^Basic\s+([\w+/]+=*)$/i;

/** Values that no message may hold: those of the headers, whole and without the word before them. */
export function secretsOf(headers: Readonly<Record<string, string>>): readonly string[] {
  const values = Object.entries(headers).flatMap(([name, value]) => {
    if (HARMLESS.has(name)) return [];
    const user = BASE64_USER.exec(value)?.[1];
    const plain = user === undefined ? [] : Buffer.from(user, 'base64').toString('utf8').split(/:(.*)/s);
    return [value, ...value.split(/[\s;,]+/), ...plain];
  });
  // The longest first: a part of a value must not be hidden before the whole is.
  return [...new Set(values)]
    .filter((value) => value.length >= LEAST_LENGTH && !/^(Bearer|Basic|Token|ApiKey)$/i.test(value))
    .sort((a, b) => b.length - a.length);
}

export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) masked = masked.replaceAll(secret, HIDDEN);
  return masked.replaceAll(KEY_LIKE, HIDDEN).replaceAll(CREDENTIALS_IN_URL, `$1${HIDDEN}@`);
}

/** The URL without user and password, and with `***` for parameters that are named like a key. */
export function withoutCredentials(url: string): string {
  return url
    .replace(/^(https?:\/\/)[^/?#]*@/i, '$1')
    .replace(/([?&])([^=&#]+)=([^&#]*)/g, (found, before: string, name: string) =>
      NAMED_LIKE_A_KEY.test(name) ? `${before}${name}=${HIDDEN}` : found,
    );
}
