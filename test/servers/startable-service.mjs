/**
 * A service that is started from a shell, of known behaviour: `node startable-service.mjs PORT [how …]`.
 * late=MS: ready so much later; never: listens and is never ready; dies=CODE: ends at once, with a word on stderr;
 * stubborn: ignores SIGTERM; child: starts another process that would outlive it. POST answers as groundspeed's API does.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const [port, ...ways] = process.argv.slice(2);
const how = Object.fromEntries(ways.map((way) => way.split('=')));
const began = Date.now();

if ('dies' in how) {
  console.error(`cannot open the index with ${process.env.INDEX_KEY ?? 'no key'}`);
  process.exit(Number(how.dies));
}
if ('stubborn' in how) process.on('SIGTERM', () => undefined);
if ('child' in how) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'inherit' });
  console.log(`child ${child.pid}`);
}

const isReady = () => !('never' in how) && Date.now() - began >= Number(how.late ?? 0);

createServer((request, response) => {
  if (request.url === '/health') {
    response
      .writeHead(isReady() ? 200 : 503)
      .end(JSON.stringify({ pid: process.pid, mood: process.env.MOOD }));
    return;
  }
  let body = '';
  request.on('data', (piece) => {
    body += piece;
  });
  request.on('end', () => {
    const { query = '' } = JSON.parse(body || '{}');
    const answer = `You asked: ${query}`;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ answer, sources: [], confidence: 0.5 }));
  });
}).listen(Number(port), '127.0.0.1', () => console.log(`listening on ${port}`));
