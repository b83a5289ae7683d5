import type { RawReply } from '../../load/target.ts';
import { codingOf, packedReply } from '../../load/targets/http/packed-reply.ts';
import { RequestMaker } from '../../load/targets/http/requests.ts';
import type { TargetDescription } from '../../load/targets/http/target-description.ts';
import type { Probed, ProbeRequest } from '../http-probe.ts';

/** The request that a run would make of this question. */
export function describedRequest(
  description: TargetDescription,
  { id = 'check', text }: { readonly id?: string | undefined; readonly text: string },
): ProbeRequest {
  const { path, body } = new RequestMaker(description, [{ id, text }]).for(0, text);
  return {
    url: `${new URL(description.url).origin}${path}`,
    method: description.method,
    headers: description.headers,
    body: Buffer.isBuffer(body) ? body.toString('utf8') : undefined,
  };
}

/** A response's body as the reader of replies takes it; undefined where it is packed in an unknown way. */
export function replyOf({ headers, body }: Probed): RawReply | undefined {
  const coding = codingOf(headers['content-encoding'] ?? '');
  if (coding === null) return undefined;
  return coding === undefined ? body : packedReply(coding, body);
}
