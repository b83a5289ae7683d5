// A small service that answers questions about what lies in corpus.jsonl: retrieve, then generate. node service.mjs PORT
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { generate } from './generate.mjs';
import { indexOf, retrieve } from './retrieve.mjs';

const lines = readFileSync(new URL('./golden/corpus.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const index = indexOf(lines.map((line) => JSON.parse(line)));

/** Milliseconds. */
async function timed(work) {
  const began = performance.now();
  const result = await work();
  return { result, spent: performance.now() - began };
}

async function answer(question) {
  const retrieved = await timed(() => retrieve(index, question));
  const generated = await timed(() => generate(retrieved.result));
  return {
    answer: generated.result,
    sources: retrieved.result.map(({ id, title, text }) => ({ id, title, text })),
    stages: { retrieve: retrieved.spent, generate: generated.spent },
  };
}

createServer(async (request, response) => {
  if (request.url === '/health') return response.end('ok');
  let body = '';
  for await (const piece of request) body += piece;
  const reply = await answer(JSON.parse(body).query);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(reply));
}).listen(Number(process.argv[2]), '127.0.0.1');

// Where a program has forked it, it ends with that.
process.on('disconnect', () => process.exit());
