/** What the process exits with. One table, documented in the README, shared by every command. */
export const EXIT = {
  done: 0,
  internal: 1,
  usage: 2,
  dataset: 3,
  gate: 4,
  targetUnavailable: 5,
  inconclusive: 6,
  invalid: 7,
  interrupted: 130,
} as const;

export type ExitName = keyof typeof EXIT;

/** Every error groundspeed raises on purpose: its code, the exit code it leads to, and what it means in one line. */
export const CATALOGUE = {
  'internal.bug': { exit: 'internal', meaning: 'groundspeed itself is at fault.' },
  'internal.io': { exit: 'internal', meaning: 'A file or folder could not be read or written.' },
  'usage.argument': {
    exit: 'usage',
    meaning: 'A command-line argument is missing, unknown or out of range.',
  },
  'config.invalid': { exit: 'usage', meaning: 'One or more settings are wrong; all are listed.' },
  'config.unreadable': {
    exit: 'usage',
    meaning: 'The configuration file is missing or is neither JSON nor YAML.',
  },
  'config.unsupported': {
    exit: 'usage',
    meaning: 'A setting names something that this version does not support.',
  },
  'dataset.missing': { exit: 'dataset', meaning: 'The golden set, or a file that it needs, is not there.' },
  'dataset.format': {
    exit: 'dataset',
    meaning: 'A file of the golden set is not in the format that it should be in.',
  },
  'dataset.line': { exit: 'dataset', meaning: 'A line of a golden set is corrupt.' },
  'dataset.duplicate': { exit: 'dataset', meaning: 'Two documents or two questions bear the same id.' },
  'dataset.empty': {
    exit: 'dataset',
    meaning: 'The golden set has no question, or no document, that could be used.',
  },
  'dataset.warnings': {
    exit: 'dataset',
    meaning: 'The golden set has warnings, and --strict makes them errors.',
  },
  'dataset.broken': { exit: 'dataset', meaning: 'The checks of a golden set found errors.' },
  'dataset.import': {
    exit: 'dataset',
    meaning: 'A file cannot be taken over as a golden set: it is corrupt, or in another format.',
  },
  'dataset.exists': {
    exit: 'usage',
    meaning: 'There is something already where a golden set is to be written.',
  },
  'dataset.labels': {
    exit: 'dataset',
    meaning: 'A sheet of labels cannot be read, or does not fit the golden set.',
  },
  'answers.format': { exit: 'dataset', meaning: 'A file of answers to be measured cannot be read.' },
  'judge.failed': { exit: 'targetUnavailable', meaning: 'The model that judges answers failed.' },
  'trec.format': { exit: 'dataset', meaning: 'A qrels or run file is not in TREC format.' },
  'document.unreadable': { exit: 'dataset', meaning: 'A document could not be read.' },
  'document.empty': { exit: 'dataset', meaning: 'A document has no text.' },
  'document.encoding': { exit: 'dataset', meaning: 'A document is not valid UTF-8.' },
  'document.tooLarge': { exit: 'dataset', meaning: 'A document is larger than documents.maxFileSize.' },
  'document.extension': {
    exit: 'dataset',
    meaning: 'A file of a kind that documents.extensions does not name.',
  },
  'document.line': { exit: 'dataset', meaning: 'A line of a corpus file is corrupt.' },
  'document.duplicate': { exit: 'dataset', meaning: 'Two documents bear the same id.' },
  'store.incompatible': {
    exit: 'usage',
    meaning: 'The index was made by another version or with other settings.',
  },
  'store.corrupt': { exit: 'internal', meaning: 'The index cannot be read.' },
  'store.locked': { exit: 'usage', meaning: 'Another process is using the index.' },
  'store.unwritable': {
    exit: 'internal',
    meaning: 'The index cannot be written: a full disk, or a read-only folder.',
  },
  'store.empty': { exit: 'dataset', meaning: 'The index holds no document.' },
  'embedding.dimension': { exit: 'internal', meaning: 'A vector has another length than the index.' },
  'embedding.notFinite': { exit: 'internal', meaning: 'A vector holds NaN or infinity.' },
  'embedding.failed': { exit: 'targetUnavailable', meaning: 'The embedding service failed.' },
  'generation.failed': { exit: 'targetUnavailable', meaning: 'The generation service failed.' },
  'query.empty': { exit: 'usage', meaning: 'The question has no text.' },
  'query.tooLong': { exit: 'usage', meaning: 'The question is longer than the engine accepts.' },
  'query.aborted': { exit: 'interrupted', meaning: 'The question was withdrawn before it was answered.' },
  'engine.closed': { exit: 'internal', meaning: 'The engine has been closed.' },
  'engine.overloaded': { exit: 'targetUnavailable', meaning: 'Too many questions at once.' },
  'dependency.open': {
    exit: 'targetUnavailable',
    meaning: 'A dependency of the engine has failed so often of late that it is not asked for a while.',
  },
  'dependency.timeout': {
    exit: 'targetUnavailable',
    meaning: 'A dependency of the engine did not answer in time.',
  },
  'dependency.busy': {
    exit: 'targetUnavailable',
    meaning: 'Too many calls to a dependency of the engine wait already.',
  },
  'dependency.failed': { exit: 'targetUnavailable', meaning: 'A dependency of the engine failed.' },
  'cache.failed': { exit: 'targetUnavailable', meaning: 'The shared cache cannot be reached.' },
  'canned.format': { exit: 'usage', meaning: 'The file of canned answers cannot be read.' },
  'fault.syntax': {
    exit: 'usage',
    meaning: 'A fault cannot be read; the character at fault is pointed at.',
  },
  'fault.refused': {
    exit: 'usage',
    meaning: 'Faults are injected in drills and tests only.',
  },
  'drill.format': { exit: 'usage', meaning: 'The description of a drill cannot be read.' },
  'drill.unavailable': {
    exit: 'usage',
    meaning: 'A drill needs something that this machine does not have.',
  },
  'drill.failed': { exit: 'gate', meaning: 'A drill broke a promise of its policy.' },
  'engine.nativeMissing': {
    exit: 'usage',
    meaning: 'A native package that the engine needs is not installed.',
  },
  'record.unreadable': { exit: 'usage', meaning: 'The record is missing, or is not a groundspeed record.' },
  'record.version': { exit: 'usage', meaning: 'The record was written by an incompatible version.' },
  'record.corrupt': { exit: 'usage', meaning: 'The record and its request columns do not belong together.' },
  'question.unknown': { exit: 'usage', meaning: 'No golden question bears that id.' },
  'target.unavailable': { exit: 'targetUnavailable', meaning: 'The target does not answer.' },
  'target.unsupported': { exit: 'usage', meaning: 'That kind of target is not supported.' },
  'target.description': {
    exit: 'usage',
    meaning: 'The description of a target (its URL, headers, body or expressions) is wrong.',
  },
  'target.dns': { exit: 'targetUnavailable', meaning: "The target's host name cannot be resolved." },
  'target.connect': { exit: 'targetUnavailable', meaning: 'No connection to the target can be made.' },
  'target.tls': { exit: 'targetUnavailable', meaning: "The target's certificate cannot be trusted." },
  'target.reset': {
    exit: 'targetUnavailable',
    meaning: 'The target closed the connection before the response was complete.',
  },
  'target.timeout': { exit: 'targetUnavailable', meaning: 'The target did not answer within the timeout.' },
  'target.http4xx': { exit: 'targetUnavailable', meaning: 'The target refused the request (status 4xx).' },
  'target.http5xx': { exit: 'targetUnavailable', meaning: 'The target failed (status 5xx).' },
  'target.rateLimited': {
    exit: 'targetUnavailable',
    meaning: 'The target turned the request away (429, or 503 with Retry-After).',
  },
  'target.redirect': {
    exit: 'targetUnavailable',
    meaning: 'The target answers with a redirect, which is not followed.',
  },
  'target.contentType': {
    exit: 'targetUnavailable',
    meaning: 'The target answered with another content type than it should, an HTML page for example.',
  },
  'target.malformed': {
    exit: 'targetUnavailable',
    meaning: 'The response is not what the description of the target says: no JSON, or no answer in it.',
  },
  'target.cut': {
    exit: 'targetUnavailable',
    meaning: 'A streamed response ended before it was complete, or told of an error.',
  },
  'target.tooLarge': {
    exit: 'targetUnavailable',
    meaning: 'The response is larger than target.maxBodyBytes.',
  },
  'target.failed': { exit: 'targetUnavailable', meaning: 'The request failed for another reason.' },
  'target.acceptance': { exit: 'targetUnavailable', meaning: 'The deployment failed acceptance checks.' },
  'slo.syntax': { exit: 'usage', meaning: 'The SLO cannot be read; the character at fault is pointed at.' },
  'slo.unsupported': {
    exit: 'usage',
    meaning: 'The SLO asks for something that the target does not return.',
  },
  'slo.failed': { exit: 'gate', meaning: 'The SLO was missed.' },
  'slo.inconclusive': {
    exit: 'inconclusive',
    meaning: 'Too little was measured to judge the SLO, and --strict asks for a verdict.',
  },
  'gate.failed': { exit: 'gate', meaning: 'Something got worse by more than the gate allows.' },
  'gate.inconclusive': {
    exit: 'inconclusive',
    meaning: 'Too little was measured for a verdict, and --strict asks for one.',
  },
  'gate.incomparable': {
    exit: 'usage',
    meaning: 'Two records cannot be compared: other questions, or another golden set.',
  },
  'gate.baseline': { exit: 'usage', meaning: 'There is no such baseline, or it cannot be read.' },
  'gate.git': {
    exit: 'usage',
    meaning: 'The commit to compare with cannot be checked out, built or started.',
  },
  'load.refused': {
    exit: 'usage',
    meaning: 'The load was not sent: a host that is not allowed, or a rate above the ceiling.',
  },
  'server.unsafe': {
    exit: 'usage',
    meaning: 'The service may listen beyond this machine only with an API token.',
  },
  'server.port': {
    exit: 'usage',
    meaning: 'The address that the service should listen on is taken or not there.',
  },
  'run.invalid': { exit: 'invalid', meaning: 'The run cannot be trusted; the reasons are listed.' },
  'run.interrupted': { exit: 'interrupted', meaning: 'The run was interrupted; what was measured is kept.' },
} as const satisfies Record<string, { exit: ExitName; meaning: string }>;

export type ErrorCode = keyof typeof CATALOGUE;

export interface ErrorDetails {
  /** What the reader should do about it. */
  readonly hint?: string;
  /** The file, line or field at fault: `corpus.jsonl:17`, `retrieval.mode`. */
  readonly where?: string;
  readonly cause?: unknown;
  /** Where several things are wrong at once: one line each. */
  readonly problems?: readonly string[];
}

/** An error that a user can act on: a code from the catalogue, where it happened, and what to do. */
export class GroundspeedError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly where: string | undefined;
  readonly problems: readonly string[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GroundspeedError';
    this.code = code;
    this.hint = details.hint;
    this.where = details.where;
    this.problems = details.problems ?? [];
  }

  get exitCode(): number {
    return EXIT[CATALOGUE[this.code].exit];
  }
}

/** What the operating system's error codes say. Node's own messages name calls and temporary files instead. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file stands in its place',
  EIO: 'the disk failed',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its symbolic links lead round in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file stands where its path needs a folder',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
};

/** Calls that are none of the file system's, though their errors may bear its codes. */
const OTHER_CALLS = /^(bind|connect|getaddrinfo|listen|spawn)/;

/** The message of whatever was thrown, on one line; for a failure of the file system, in plain words. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return onOneLine(String(thrown));
  return systemWords(thrown) ?? onOneLine(thrown.message);
}

function systemWords(error: Error): string | undefined {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (typeof code !== 'string' || typeof syscall !== 'string' || OTHER_CALLS.test(syscall)) return undefined;
  // Node says this of a folder on the way when the file system is read-only.
  if (code === 'ENOENT' && syscall === 'mkdir') return 'the folder cannot be made there';
  return SYSTEM_WORDS[code];
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
