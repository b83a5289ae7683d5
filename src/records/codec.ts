import { sha256 } from '../kernel/digest.ts';
import { GroundspeedError, messageOf } from '../kernel/errors.ts';
import {
  type ColumnArrays,
  type ColumnType,
  LATER_COLUMNS,
  LEFT_OUT_EMPTY,
  REQUEST_COLUMNS,
  type RequestColumnName,
  type RequestColumns,
} from './columns.ts';
import { type ColumnsRecord, RECORD_SCHEMA, type RunRecord, recordSchema } from './schema.ts';

export const REQUESTS_FILE = 'requests.col';
export const RECORD_FILE = 'record.json';

const BYTES: Record<ColumnType, number> = { u8: 1, u16: 2, u32: 4, f32: 4, f64: 8 };

/** Prefix of the stage columns in the file: `stage:retrieve`. */
const STAGE = 'stage:';

/**
 * Packs columns into the bytes of `requests.col`, a piece at a time, and describes the layout. Little-endian, as every
 * machine that Node runs on is; each column starts at a multiple of eight bytes, so that a reader can lay typed arrays
 * straight over it. The pieces are the columns' own memory: a million rows need not be there twice.
 */
export function encodeColumns(
  requests: RequestColumns,
  stageNames: readonly string[],
): { pieces: readonly Uint8Array[]; layout: ColumnsRecord } {
  const entries: { name: string; type: ColumnType; values: ArrayBufferView }[] = [
    ...columnNames()
      .filter((name) => !LEFT_OUT_EMPTY.has(name) || requests.columns[name].some((value) => value !== 0))
      .map((name) => ({ name, type: REQUEST_COLUMNS[name], values: requests.columns[name] })),
    ...requests.stages.map((values, stage) => ({
      name: `${STAGE}${stageNames[stage]}`,
      type: 'f32' as const,
      values,
    })),
  ];
  let size = 0;
  const pieces: Uint8Array[] = [];
  const columns = entries.map(({ name, type, values }) => {
    const offset = size;
    const length = requests.length * BYTES[type];
    size += aligned(length);
    const padding = new Uint8Array(size - offset - length);
    pieces.push(new Uint8Array(values.buffer, values.byteOffset, length), padding);
    return { name, type, offset };
  });
  const layout = { file: REQUESTS_FILE, rows: requests.length, sha256: sha256(...pieces), columns };
  return { pieces, layout };
}

/** Lays columns over the bytes of `requests.col`, after checking that they are the ones that the record speaks of. */
export function decodeColumns(bytes: Uint8Array, layout: ColumnsRecord): RequestColumns {
  if (sha256(bytes) !== layout.sha256) {
    throw corrupt(layout, 'is not the file that the record was saved with');
  }
  // A copy at offset 0: views need alignment, and a Buffer from the file system may start anywhere in its pool. (Its own
  // `slice` would not copy.)
  const { buffer } = new Uint8Array(bytes);
  const column = <T extends ColumnType>(name: string, type: T): ColumnArrays[T] => {
    const found = layout.columns.find((one) => one.name === name);
    if (found?.type !== type) throw corrupt(layout, `lacks the column ${name}`);
    if (found.offset % 8 !== 0 || found.offset + layout.rows * BYTES[type] > buffer.byteLength) {
      throw corrupt(layout, `is too short for the column ${name}`);
    }
    return view(buffer, type, found.offset, layout.rows);
  };
  const has = (name: string): boolean => layout.columns.some((one) => one.name === name);
  const columns = Object.fromEntries(
    columnNames().map((name) => {
      const type = REQUEST_COLUMNS[name];
      if (LATER_COLUMNS.has(name) && !has(name)) return [name, empty(type, layout.rows)];
      return [name, column(name, type)];
    }),
  );
  return {
    length: layout.rows,
    columns: columns as unknown as RequestColumns['columns'],
    stages: layout.columns
      .filter(({ name }) => name.startsWith(STAGE))
      .map(({ name }) => column(name, 'f32')),
  };
}

function corrupt({ file }: ColumnsRecord, problem: string): GroundspeedError {
  return new GroundspeedError('record.corrupt', `${file} ${problem}`, {
    where: file,
    hint: `Keep ${RECORD_FILE} and ${file} of one run together; run it again if one of them was changed.`,
  });
}

/** The record from the text of its `record.json`. Refuses other versions and shapes, saying which field is wrong. */
export function parseRecord(text: string, where: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GroundspeedError('record.unreadable', `${where} is not JSON: ${messageOf(cause)}`, {
      where,
      cause,
    });
  }
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (schema !== RECORD_SCHEMA) {
    const known = typeof schema === 'string' && schema.startsWith('groundspeed.record/');
    throw new GroundspeedError(
      known ? 'record.version' : 'record.unreadable',
      known
        ? `${where} is a ${schema}; this version reads ${RECORD_SCHEMA}`
        : `${where} is not a groundspeed record`,
      {
        where,
        hint: known
          ? 'Read it with the version that wrote it, or run it again.'
          : `Name a run's folder, or its ${RECORD_FILE}.`,
      },
    );
  }
  const parsed = recordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GroundspeedError('record.unreadable', `${where} is damaged`, {
    where,
    problems: parsed.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  });
}

function columnNames(): RequestColumnName[] {
  return Object.keys(REQUEST_COLUMNS) as RequestColumnName[];
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function empty<T extends ColumnType>(type: T, length: number): ColumnArrays[T] {
  return view(new ArrayBuffer(length * BYTES[type]), type, 0, length);
}

function view<T extends ColumnType>(
  buffer: ArrayBufferLike,
  type: T,
  offset: number,
  rows: number,
): ColumnArrays[T] {
  const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
  return new arrays[type](buffer as ArrayBuffer, offset, rows) as ColumnArrays[T];
}
