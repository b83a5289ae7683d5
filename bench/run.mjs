// node bench/run.mjs NAME [arguments]: compiles src/ and bench/ to dist-bench/, and runs the program bench/NAME.ts. It runs
// in this process, so that flags of node's (--cpu-prof) are the program's too.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
const compiler = spawnSync(
  process.execPath,
  [join(dirname(typescript), 'bin/tsc'), '-p', join(root, 'tsconfig.bench.json')],
  { stdio: ['ignore', process.stderr, 'inherit'] },
);
if (compiler.status !== 0) process.exit(compiler.status ?? 1);
// The package reads its own version two folders above src/system.
copyFileSync(join(root, 'package.json'), join(root, 'dist-bench/package.json'));

const { main } = await import('../dist-bench/bench/main.js');
process.exitCode = await main(process.argv.slice(2), root);
