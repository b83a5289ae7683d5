import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WorkTree, withWorkTree } from '../../src/experiments/gate/work-tree.ts';
import { type Repository, temporaryRepository } from './gate-repository.ts';

/** For a process of its own, which reads no TypeScript; GROUNDSPEED_CLI names another build, as for the tests of the command line. */
const BUILT = join(
  dirname(process.env.GROUNDSPEED_CLI ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))),
  '../experiments/gate/work-tree.js',
);

let repository: Repository;
let temporary: string;

beforeEach(() => {
  repository = temporaryRepository();
  temporary = mkdtempSync(join(tmpdir(), 'groundspeed-trees-'));
  repository.write('service/answer.txt', 'before\n');
  repository.commit('first');
  repository.git('tag', 'v1');
  repository.write('service/answer.txt', 'after\n');
  repository.commit('second');
});

afterEach(() => {
  repository.remove();
  rmSync(temporary, { recursive: true, force: true });
});

const tree = <T>(
  ref: string,
  work: (tree: WorkTree) => Promise<T>,
  { folder = repository.folder, signal }: { folder?: string; signal?: AbortSignal } = {},
): Promise<T> => withWorkTree(ref, { folder, env: repository.env, temporary, signal }, work);

describe('a work tree', () => {
  it.each(['v1', 'HEAD~1', 'main~1'])(
    'holds the files of %s while the work lasts, and is gone after it',
    async (ref) => {
      const before = repository.state();
      const seen = await tree(ref, async ({ folder, commit, changedFiles, notes }) => {
        expect(commit).toBe(repository.git('rev-parse', 'v1'));
        expect({ changedFiles, notes }).toEqual({ changedFiles: 0, notes: [] });
        return readFileSync(join(folder, 'service/answer.txt'), 'utf8');
      });
      expect(seen).toBe('before\n');
      expect(repository.read('service/answer.txt')).toBe('after\n');
      expect(repository.state()).toEqual(before);
      expect(readdirSync(temporary)).toEqual([]);
    },
  );

  it('starts in the folder that the command runs in', async () => {
    const text = await tree('v1', async ({ folder }) => readFileSync(join(folder, 'answer.txt'), 'utf8'), {
      folder: join(repository.folder, 'service'),
    });
    expect(text).toBe('before\n');
  });

  it('leaves a dirty tree as it is, and says what is compared', async () => {
    repository.write('service/answer.txt', 'changed\n');
    repository.write('new.txt', 'new\n');
    repository.write('staged.txt', 'staged\n');
    repository.git('add', 'staged.txt');
    const before = repository.state();
    await tree('main', async ({ folder, changedFiles, notes }) => {
      expect(changedFiles).toBe(3);
      expect(notes).toEqual([expect.stringMatching(/dirty: 3 files differ.*as it is now against main/)]);
      expect(readFileSync(join(folder, 'service/answer.txt'), 'utf8')).toBe('after\n');
    });
    expect(repository.read('service/answer.txt')).toBe('changed\n');
    expect(repository.state()).toEqual(before);
  });

  it('is taken away when the work fails, even after the work made files and changes in it', async () => {
    const before = repository.state();
    const work = tree('v1', async ({ folder }) => {
      execFileSync('sh', ['-c', 'echo x > service/answer.txt; mkdir -p build/deep; echo y > build/deep/z'], {
        cwd: folder,
      });
      throw new Error('the target did not start');
    });
    await expect(work).rejects.toThrow('the target did not start');
    expect(repository.state()).toEqual(before);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('is taken away when interrupted: before it is made, and while the work lasts', async () => {
    const before = repository.state();
    const controller = new AbortController();
    const work = tree(
      'v1',
      async () => {
        controller.abort(new Error('stopped'));
        controller.signal.throwIfAborted();
      },
      controller,
    );
    await expect(work).rejects.toThrow('stopped');
    await expect(tree('v1', async () => undefined, controller)).rejects.toThrow('stopped');
    expect(repository.state()).toEqual(before);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('is taken away when interrupted while git checks it out', async () => {
    // A filter that stands still: git waits for it in the middle of the checkout.
    repository.write('.gitattributes', '*.slow filter=slow\n');
    repository.write('a.slow', 'a\n');
    repository.commit('slow');
    repository.git('config', 'filter.slow.smudge', `touch ${temporary}/begun; sleep 30`);
    const before = repository.state();
    const controller = new AbortController();
    const work = tree('HEAD', async () => expect.unreachable(), controller);
    while (!existsSync(join(temporary, 'begun'))) await new Promise((go) => setTimeout(go, 10));
    controller.abort(new Error('stopped'));
    await expect(work).rejects.toThrow('stopped');
    expect(repository.state()).toEqual(before);
    expect(readdirSync(temporary)).toEqual(['begun']);
  });

  it('is taken away when the process is ended at once, as by a second Ctrl-C', async () => {
    const before = repository.state();
    const script = `
      const { withWorkTree } = await import(${JSON.stringify(BUILT)});
      const place = { folder: ${JSON.stringify(repository.folder)}, env: process.env, temporary: ${JSON.stringify(temporary)} };
      await withWorkTree('v1', place, async () => { console.log('open'); setTimeout(() => process.exit(130), 50); await new Promise(() => setInterval(() => {}, 1000)); });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...repository.env } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    const [code] = await once(child, 'close');
    expect({ code, out: out.trim() }).toEqual({ code: 130, out: 'open' });
    expect(repository.state()).toEqual(before);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('runs none of the hooks of the repository, and is not led astray by being called from one', async () => {
    const hook = join(repository.folder, '.git', 'hooks', 'post-checkout');
    repository.write('.git/hooks/post-checkout', `#!/bin/sh\ntouch ${temporary}/ran\n`);
    chmodSync(hook, 0o755);
    const other = temporaryRepository();
    try {
      other.write('other.txt', 'other\n');
      other.commit('other');
      const env = { ...repository.env, GIT_DIR: join(other.folder, '.git'), GIT_WORK_TREE: other.folder };
      await withWorkTree('v1', { folder: repository.folder, env, temporary }, async ({ folder }) => {
        expect(readdirSync(folder).sort()).toEqual(['.git', 'service']);
      });
    } finally {
      other.remove();
    }
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('leaves other work trees alone, those too whose folder is not there just now', async () => {
    const away = join(temporary, 'away');
    repository.git('worktree', 'add', '--quiet', '--detach', away, 'v1');
    rmSync(away, { recursive: true });
    const before = repository.state();
    await tree('v1', async () => undefined);
    expect(repository.state()).toEqual(before);
  });
});

describe('a commit that cannot be had', () => {
  it('is refused with the nearest name', async () => {
    repository.git('branch', 'release');
    await expect(tree('relaese', async () => undefined)).rejects.toMatchObject({
      code: 'gate.git',
      exitCode: 2,
      message: 'The repository has no commit "relaese"; did you mean release?',
    });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each(['--help', '-f', 'HEAD:service/answer.txt', 'v1 v2', ''])('is refused: %j', async (ref) => {
    await expect(tree(ref, async () => undefined)).rejects.toMatchObject({ code: 'gate.git' });
  });

  it('is refused in a shallow clone with what brings it', async () => {
    const clone = join(temporary, 'clone');
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${repository.folder}`, clone], {
      env: repository.env,
    });
    await expect(tree('v1', async () => undefined, { folder: clone })).rejects.toMatchObject({
      code: 'gate.git',
      hint: expect.stringContaining('fetch-depth: 0'),
    });
  });

  it('is refused where there is no repository, no commit, or no such folder yet', async () => {
    await expect(tree('main', async () => undefined, { folder: temporary })).rejects.toMatchObject({
      code: 'gate.git',
      message: expect.stringContaining('is in no git repository'),
    });
    repository.write('later/file.txt', 'x\n');
    repository.commit('third');
    await expect(
      tree('v1', async () => undefined, { folder: join(repository.folder, 'later') }),
    ).rejects.toMatchObject({ code: 'gate.git', message: 'At v1 there is no folder later yet' });
    const empty = temporaryRepository();
    try {
      await expect(tree('HEAD', async () => undefined, empty)).rejects.toMatchObject({ code: 'gate.git' });
    } finally {
      empty.remove();
    }
  });

  it('is refused where git is not installed', async () => {
    const place = { folder: repository.folder, env: { PATH: '/nonexistent' }, temporary };
    await expect(withWorkTree('v1', place, async () => undefined)).rejects.toMatchObject({
      code: 'gate.git',
      message: 'git cannot be started',
    });
  });
});
