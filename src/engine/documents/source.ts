import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { SourceDocument } from '../ports.ts';

/** Why one document of a batch was left out. The others go on. */
export interface DocumentFailure {
  /** The document's id, or where the document stands when its id could not be read: `corpus.jsonl:17`. */
  readonly id: string;
  readonly code: ErrorCode;
  /** What is wrong, where (file and line), and what to do. */
  readonly message: string;
}

/** What a source of documents yields: never an exception for one bad document. */
export type SourceItem =
  | { readonly document: SourceDocument }
  | {
      readonly failure: DocumentFailure;
      /** The failure may hide documents whose ids are unknown: none of the index may be taken for missing. */
      readonly unidentified?: boolean;
    };

/** SHA-256 over title, text and metadata, whatever the order of the metadata's keys. */
export function documentHash({ title, text, metadata }: SourceDocument): string {
  return sha256(canonicalJson({ title, text, metadata }));
}

/** Whether a text holds anything but white space. */
export function hasText(text: string): boolean {
  return /\S/u.test(text);
}
