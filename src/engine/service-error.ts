import { type ErrorCode, type ErrorDetails, GroundspeedError } from '../kernel/errors.ts';

/** What is known of a service's failure beyond its words; whoever might ask again goes by it. */
export interface ServiceFailure {
  /** Of the HTTP response; undefined where there was none. */
  readonly status?: number | undefined;
  /** Milliseconds for which the service asks to be left alone. */
  readonly retryAfterMs?: number | undefined;
  /** It did not answer in time. */
  readonly late?: boolean;
  /** What it answered is not what was asked for: the same again will not help. */
  readonly malformed?: boolean;
}

/** A failure of a service, with what decides whether asking again may help. */
export class ServiceError extends GroundspeedError implements ServiceFailure {
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly late: boolean;
  readonly malformed: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails & ServiceFailure) {
    super(code, message, details);
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.late = details.late ?? false;
    this.malformed = details.malformed ?? false;
  }
}

/** The text without what looks like a key of a service, or the credentials of a URL. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(/\b(?:sk|pk)-[\w*-]+/g, '***').replaceAll(/:\/\/[^\s/]+@/g, '://***@');
}
