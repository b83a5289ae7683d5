import type { ErrorCode } from '../../kernel/errors.ts';
import type { DocumentStore } from '../ports.ts';

/** A document that failed each time it was tried, and is left alone until its content changes or somebody asks for it. */
export interface QuarantinedDocument {
  readonly id: string;
  /** Of the content that failed. */
  readonly hash: string;
  readonly code: ErrorCode;
  /** Of the latest failure; without secrets. */
  readonly message: string;
  /** The embedder that failed with it; undefined where it failed before any was asked. Another embedder tries it anew. */
  readonly model: string | undefined;
  /** Ingests that tried this content. */
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** False once it was let out: the next ingest tries it again. */
  readonly held: boolean;
}

export type QuarantineEntry = Pick<QuarantinedDocument, 'id' | 'hash' | 'code' | 'message' | 'model'>;

/** What a store remembers of documents that cannot be taken in. Each call is one transaction. */
export interface Quarantine {
  /** In the order of their ids. */
  list(): readonly QuarantinedDocument[];
  /** Holds a document, at an epoch time; another failure of the same content counts its attempts up. */
  put(entry: QuarantineEntry, at: number): void;
  /** Lets every document be tried again by the next ingest that meets it, and says how many. Attempts stay counted. */
  release(): number;
  /** Unknown ids are ignored. */
  forget(ids: readonly string[]): void;
}

/** A store that keeps a quarantine beside what its port promises. */
export interface QuarantiningStore extends DocumentStore {
  readonly quarantine: Quarantine;
}

/** The quarantine of a store, where it keeps one. */
export function quarantineOf(store: DocumentStore): Quarantine | undefined {
  return (store as Partial<QuarantiningStore>).quarantine;
}
