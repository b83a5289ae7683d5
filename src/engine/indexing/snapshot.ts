import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import { GroundspeedError, messageOf } from '../../kernel/errors.ts';

/** Raised when indexes hold something else for the same store and settings: another tokeniser, say. */
const FORMAT = 1;

/** What a snapshot was made of. Any difference, and it is of no use. */
export interface SnapshotOrigin {
  readonly store: string | undefined;
  readonly storeVersion: number;
  readonly model: string | undefined;
  readonly index: string;
  readonly settings: Readonly<Record<string, number>>;
}

/** What a snapshot needs of an index, of either kind. */
export interface Snapshotted {
  readonly size: number;
  save(path: string): Promise<void>;
  load(path: string): Promise<void>;
}

/**
 * One index's snapshot in a folder: files that the index writes, under a name that no other origin has, and
 * `NAME.json`, the manifest, which is put in place last and in one step. So it only ever speaks of files that are
 * whole; an index checks its own files for damage as it loads them.
 */
export class Snapshot {
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /** Fills the index from the snapshot, if there is a sound one of this origin. False leaves the index to be built. */
  async load(index: Snapshotted, origin: SnapshotOrigin): Promise<boolean> {
    if (!(await this.isOf(origin))) return false;
    try {
      await index.load(this.#path(origin));
      return true;
    } catch {
      return false;
    }
  }

  /** Whether the snapshot that is there has this origin; its files are not looked at. */
  async isOf(origin: SnapshotOrigin): Promise<boolean> {
    try {
      const manifest: unknown = JSON.parse(await readFile(this.#manifestPath, 'utf8'));
      return canonicalJson(manifest) === canonicalJson({ format: FORMAT, origin });
    } catch {
      return false;
    }
  }

  /** Whether the snapshot that is there was made of the store at this version, with whatever settings. */
  async isOfStore({ store, storeVersion }: Pick<SnapshotOrigin, 'store' | 'storeVersion'>): Promise<boolean> {
    try {
      const manifest = JSON.parse(await readFile(this.#manifestPath, 'utf8')) as { origin: SnapshotOrigin };
      return manifest.origin.store === store && manifest.origin.storeVersion === storeVersion;
    } catch {
      return false;
    }
  }

  /**
   * Writes the index. Fails with `store.unwritable`; the snapshot before is then still there, and nothing of this one takes
   * up space.
   */
  async save(index: Snapshotted, origin: SnapshotOrigin): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      await index.save(this.#path(origin));
      const unfinished = `${this.#manifestPath}.tmp`;
      await writeFile(unfinished, `${canonicalJson({ format: FORMAT, origin })}\n`);
      await rename(unfinished, this.#manifestPath);
      await this.#deleteOthers(origin);
    } catch (cause) {
      await this.#deleteUnfinished(origin);
      if (cause instanceof GroundspeedError) throw cause;
      throw new GroundspeedError('store.unwritable', `An index could not be saved: ${messageOf(cause)}`, {
        where: this.#manifestPath,
        hint: 'Free some space, or make the folder writable. The documents are safe in the store.',
        cause,
      });
    }
  }

  get #manifestPath(): string {
    return join(this.#folder, `${this.#name}.json`);
  }

  #prefix(origin: SnapshotOrigin): string {
    return `${this.#name}.${sha256(canonicalJson({ format: FORMAT, origin })).slice(0, 16)}`;
  }

  #path(origin: SnapshotOrigin): string {
    return join(this.#folder, this.#prefix(origin));
  }

  /** Nothing speaks of files that the manifest does not name. What cannot be deleted either is overwritten next time. */
  async #deleteUnfinished(origin: SnapshotOrigin): Promise<void> {
    if (await this.isOf(origin)) return;
    const names = await readdir(this.#folder).catch(() => []);
    const own = names.filter((name) => name.startsWith(this.#prefix(origin)));
    for (const name of [...own, `${this.#name}.json.tmp`]) {
      await rm(join(this.#folder, name), { force: true }).catch(() => undefined);
    }
  }

  async #deleteOthers(origin: SnapshotOrigin): Promise<void> {
    const ours = new RegExp(`^${this.#name}\\.[0-9a-f]{16}`);
    for (const name of await readdir(this.#folder)) {
      if (!ours.test(name) || name.startsWith(this.#prefix(origin))) continue;
      await rm(join(this.#folder, name), { force: true });
    }
  }
}
