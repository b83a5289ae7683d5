import type { StreamKind } from '../../src/load/options.ts';
import { httpTarget } from '../../src/load/targets/http/http-target.ts';
import { contractAnswer, contractQuestions, targetContract } from '../contracts/target.ts';
import { described } from '../load/targets/http/described.ts';
import { groundspeedApi } from '../servers/rag-apis.ts';
import { type RagReply, type RagRequest, startRagServer } from '../servers/rag-http.ts';

const SOURCES = [{ id: 'fares', text: 'A bicycle costs 6.50.' }];
const PIECES = [contractAnswer.slice(0, 8), contractAnswer.slice(8)];

function reply(request: RagRequest): RagReply {
  const text = request.body?.query;
  if (text === 'fail') return { status: 500, body: { error: 'the model is on strike' } };
  if (text === 'never answer') return { fault: 'silent' };
  const answer = groundspeedApi(request, { pieces: PIECES, sources: SOURCES });
  return text === 'answer slowly' ? { ...answer, after: 20, between: 20 } : answer;
}

for (const stream of ['none', 'sse'] satisfies StreamKind[]) {
  targetContract({
    name: stream === 'none' ? 'a deployment over HTTP' : 'a deployment that streams',
    create: async () => {
      const server = await startRagServer(reply);
      const target = httpTarget({
        description: described({ url: server.url, stream }),
        questions: contractQuestions.map((text, index) => ({ id: `q${index}`, text })),
        connections: 100,
        timeoutMs: 5_000,
      });
      return {
        target,
        close: async () => {
          await target.close();
          await server.close();
        },
      };
    },
  });
}
