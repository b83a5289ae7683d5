import { GroundspeedError, messageOf } from '../../../kernel/errors.ts';
import { isAbstention } from '../../../text/abstention.ts';
import { isLastResort, type MatchedQuestion, type RawReply, type TargetResponse } from '../../target.ts';
import { cacheReadingOf } from './cache-state.ts';
import { degradationOf } from './degradation-level.ts';
import { compileExpression, type Expression, type Json } from './expressions.ts';
import { decode, excerptOf, malformed } from './malformed.ts';
import { unpackReply } from './packed-reply.ts';
import { passageIds, type TargetQuestion } from './passage-ids.ts';
import { PassageReader, type PassagesRead } from './passage-reader.ts';
import { isTrue, numberOf, ResponseReading } from './response-expressions.ts';
import { secretsOf } from './secrets.ts';
import { StreamReading, type StreamReply } from './stream-reply.ts';
import type { TargetDescription } from './target-description.ts';

/** Answers that are remembered: thousands of characters each, at times. */
const MOST_KNOWN = 1000;

/** Reads the replies of one target, by its description. */
export class ReplyReader {
  readonly #description: TargetDescription;
  readonly #response: ResponseReading;
  readonly #stream: StreamReading | undefined;
  readonly #stages: Expression | undefined;
  readonly #passagesReader: PassageReader;
  readonly #secrets: readonly string[];
  readonly #abstentions: readonly string[];
  /** Whether an answer abstains, by its words. */
  readonly #known = new Map<string, boolean>();

  constructor(description: TargetDescription, questions: readonly TargetQuestion[]) {
    const { stream, events, response, stages, ids, headers, abstentions } = description;
    this.#description = description;
    this.#secrets = secretsOf(headers);
    this.#response = new ResponseReading(response);
    const rest = { response: this.#response, secrets: this.#secrets };
    this.#stream = stream === 'none' ? undefined : new StreamReading(stream, events, rest);
    this.#stages = stages && compileExpression(stages.expression);
    this.#passagesReader = new PassageReader(
      this.#response,
      passageIds(ids, questions),
      ids.mode !== 'evidence',
    );
    this.#abstentions = abstentions.map(squash);
  }

  /**
   * What a reply says in the words of the port. `question` is the index of the question that was asked.
   *
   * @throws GroundspeedError target.malformed, target.cut or target.tooLarge where it cannot be understood
   */
  read(reply: RawReply, question: number): TargetResponse {
    try {
      return this.#read(reply, question);
    } catch (thrown) {
      if (thrown instanceof GroundspeedError) throw thrown;
      throw malformed(`The response cannot be read: ${messageOf(thrown)}`);
    }
  }

  #read(reply: RawReply, question: number): TargetResponse {
    const text = decode(unpackReply(reply, this.#description.maxBodyBytes));
    const { value, text: streamed } = this.#stream?.read(text) ?? this.#whole(text);
    const abstained = this.#response.flag('abstained', value);
    const degraded = degradationOf(this.#response.find('degraded', value));
    const lastResort = (this.#response.flag('lastResort', value) ?? false) || isLastResort(degraded);
    const answer = this.#answer(value, streamed, abstained === true || lastResort);
    const inputTokens = this.#response.number('inputTokens', value);
    const outputTokens = this.#response.number('outputTokens', value);
    const passages = this.#passages(value, question, abstained === true || lastResort);
    return {
      answer,
      abstained: abstained ?? (answer !== undefined && this.#abstains(answer)),
      lastResort,
      degraded,
      confidence: this.#response.number('confidence', value),
      passages: passages?.list,
      contextSize: passages?.contextSize,
      citations: passages?.citations,
      ranking: undefined,
      ...cacheReadingOf(this.#response.find('cache', value)),
      matched: this.#matched(value),
      stages: this.#times(value),
      inputTokens,
      outputTokens,
      costUsd: this.#response.number('costUsd', value) ?? this.#price(inputTokens, outputTokens),
    };
  }

  #whole(text: string): StreamReply {
    if (text.trim() === '') throw malformed('The response is empty');
    let value: Json;
    try {
      value = JSON.parse(text) as Json;
    } catch (thrown) {
      const reason = messageOf(thrown).replace(/, ?(\.\.\.)?".*$/s, '');
      throw malformed(
        `The response is no JSON (${excerptOf(reason, this.#secrets)}): ${excerptOf(text, this.#secrets)}`,
      );
    }
    const error = this.#response.find('error', value);
    if (isTrue(error)) {
      const words = typeof error === 'string' ? error : JSON.stringify(error);
      throw malformed(`The response of status 200 tells of an error: ${excerptOf(words, this.#secrets)}`);
    }
    return { value, text: undefined };
  }

  /** Whoever says that there is no answer need not give one. */
  #answer(value: Json, streamed: string | undefined, mayBeMissing: boolean): string | undefined {
    const found = this.#response.text('answer', value);
    if (found !== undefined && (found !== '' || streamed === undefined)) return found;
    if (streamed !== undefined) return streamed;
    if (!this.#response.has('answer')) return undefined;
    if (mayBeMissing && this.#response.find('answer', value) === null) return '';
    throw this.#response.missing('answer', value, 'answer');
  }

  #passages(value: Json, question: number, mayBeMissing: boolean): PassagesRead | undefined {
    const list = this.#response.find('passages', value);
    if (Array.isArray(list)) return this.#passagesReader.read(list, question);
    if (!this.#response.has('passages') || this.#description.passagesOptional) return undefined;
    if (list === null && mayBeMissing) return this.#passagesReader.read([], question);
    throw this.#response.missing('passages', value, 'list of passages');
  }

  /** Under load the same few answers come over and over. */
  #abstains(answer: string): boolean {
    let abstains = this.#known.get(answer);
    if (abstains === undefined) {
      const words = squash(answer);
      abstains = isAbstention(answer) || this.#abstentions.some((phrase) => words.includes(phrase));
      if (this.#known.size === MOST_KNOWN) this.#known.clear();
      this.#known.set(answer, abstains);
    }
    return abstains;
  }

  #matched(value: Json): MatchedQuestion | undefined {
    const question = this.#response.text('matched', value);
    if (question === undefined || question === '') return undefined;
    return { question, similarity: this.#response.number('similarity', value) };
  }

  /** In the order of `timesTold`. A negative time is none. */
  #times(value: Json): number[] | undefined {
    const found = this.#stages?.(value) ?? null;
    const byName = found === null || typeof found !== 'object' || Array.isArray(found) ? {} : found;
    const times = (this.#description.stages?.names ?? []).map((name) => timeOf(byName[name] ?? null));
    if (this.#response.has('queueMs')) times.push(this.#queueIn(value));
    return times.every(Number.isNaN) ? undefined : times;
  }

  /** Arithmetic on a field that is not there throws, which makes no worse answer: it tells of no queue. */
  #queueIn(value: Json): number {
    try {
      return timeOf(this.#response.find('queueMs', value));
    } catch {
      return Number.NaN;
    }
  }

  #price(inputTokens: number | undefined, outputTokens: number | undefined): number | undefined {
    const { inputPerMillionUsd, outputPerMillionUsd } = this.#description.prices;
    if (inputPerMillionUsd === undefined && outputPerMillionUsd === undefined) return undefined;
    const cost =
      (inputPerMillionUsd === undefined ? 0 : (inputTokens ?? Number.NaN) * inputPerMillionUsd) +
      (outputPerMillionUsd === undefined ? 0 : (outputTokens ?? Number.NaN) * outputPerMillionUsd);
    return Number.isNaN(cost) ? undefined : cost / 1e6;
  }
}

function timeOf(found: Json): number {
  const value = numberOf(found) ?? Number.NaN;
  return value >= 0 ? value : Number.NaN;
}

const squash = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
