/**
 * The columns of `requests.col`: one value per arrival, little-endian, each column starting at a multiple of eight
 * bytes. Times are milliseconds since the phase began; NaN where something did not happen.
 */
export const COLUMN_TYPES = ['u8', 'u16', 'u32', 'f32', 'f64'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export interface ColumnArrays {
  u8: Uint8Array;
  u16: Uint16Array;
  u32: Uint32Array;
  f32: Float32Array;
  f64: Float64Array;
}

/** Outcome codes, by position. */
export const OUTCOMES = ['completed', 'error', 'timeout', 'dropped'] as const;
export type OutcomeName = (typeof OUTCOMES)[number];

/** Cache codes, by position: which layer answered. */
export const CACHE_CODES = [
  'unknown',
  'off',
  'miss',
  'embedding',
  'retrieval',
  'response',
  'semantic',
] as const;
export type CacheCode = (typeof CACHE_CODES)[number];

/**
 * Degradation codes, by position: what of a full answer was missing, from none to the last resort. `unknown` where the
 * target does not say, and where nothing came.
 */
export const DEGRADATION_CODES = [
  'unknown',
  'none',
  'keyword',
  'extractive',
  'cached',
  'canned',
  'last-resort',
] as const;
export type DegradationCode = (typeof DEGRADATION_CODES)[number];

/** Staleness codes, by position: whether what a cache gave was past its time. `unknown` where the target does not say. */
export const STALE_CODES = ['unknown', 'fresh', 'stale'] as const;

/** In the column `matched`: the earlier question is none of the run's golden questions. */
export const MATCHED_OTHER = 0xffffff;

/** Right codes, by position. */
export const RIGHT_CODES = ['unscored', 'right', 'wrong'] as const;

/** No response came (error, timeout or drop). */
export const NO_RESPONSE = 0xffffffff;

export const REQUEST_COLUMNS = {
  /** Index into record.load.phases. */
  phase: 'u8',
  /** Index into record.questions. */
  question: 'u32',
  due: 'f64',
  /** NaN for a drop. */
  sent: 'f64',
  /** First token; NaN where none came. */
  first: 'f64',
  /** Completion, failure, or the timeout's moment; NaN for a drop. */
  end: 'f64',
  /** OUTCOMES. */
  outcome: 'u8',
  /** Index into record.load.errorClasses, plus one; 0 for none. */
  errorClass: 'u16',
  /** CACHE_CODES. */
  cache: 'u8',
  /** RIGHT_CODES. */
  right: 'u8',
  /** Index into FUNNEL of judging/returned.ts; the record repeats the names. */
  funnel: 'u8',
  /** Index into record.responses, which keeps the first ten thousand; NO_RESPONSE for none. */
  response: 'u32',
  /** DEGRADATION_CODES. */
  degraded: 'u8',
  /** STALE_CODES. */
  stale: 'u8',
  /** Of a semantic hit, the question whose answer came: an index into record.questions, plus one; 0 for none, or MATCHED_OTHER. */
  matched: 'u32',
} as const satisfies Record<string, ColumnType>;

/**
 * Columns that records of earlier versions lack: they read as zeros, which says that nothing is known. Those of caches are
 * left out of the file where they hold nothing else.
 */
export const LATER_COLUMNS: ReadonlySet<RequestColumnName> = new Set(['degraded', 'stale', 'matched']);
export const LEFT_OUT_EMPTY: ReadonlySet<RequestColumnName> = new Set(['stale', 'matched']);

export type RequestColumnName = keyof typeof REQUEST_COLUMNS;

/** All columns of a run, equally long. Stage durations (f32, NaN where unknown) follow record.load.stages. */
export interface RequestColumns {
  readonly length: number;
  readonly columns: { readonly [K in RequestColumnName]: ColumnArrays[(typeof REQUEST_COLUMNS)[K]] };
  readonly stages: readonly Float32Array[];
}
