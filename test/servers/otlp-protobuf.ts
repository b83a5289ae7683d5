import type { ReceivedSpan, ReceivedValue } from './otlp-receiver.ts';

/** What stands in a field of a message on the wire: a number, or bytes. */
type Field = { readonly number: bigint } | { readonly fixed: bigint } | { readonly bytes: Buffer };

/** The fields of one message by number (https://protobuf.dev/programming-guides/encoding/). */
class Message {
  readonly #fields = new Map<number, Field[]>();

  constructor(bytes: Buffer) {
    let at = 0;
    const varint = (): bigint => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes[at]!;
        at += 1;
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
      }
    };
    const take = (length: number): Buffer => {
      at += length;
      return bytes.subarray(at - length, at);
    };
    while (at < bytes.length) {
      const tag = Number(varint());
      const [field, wire] = [tag >> 3, tag & 7];
      let value: Field;
      if (wire === 0) value = { number: varint() };
      else if (wire === 1) value = { fixed: take(8).readBigUInt64LE() };
      else if (wire === 5) value = { fixed: BigInt(take(4).readUInt32LE()) };
      else value = { bytes: take(Number(varint())) };
      this.#fields.set(field, [...(this.#fields.get(field) ?? []), value]);
    }
  }

  bytes(field: number): Buffer {
    const [first] = this.#fields.get(field) ?? [];
    return first && 'bytes' in first ? first.bytes : Buffer.alloc(0);
  }

  text(field: number): string {
    return this.bytes(field).toString('utf8');
  }

  number(field: number): bigint {
    const [first] = this.#fields.get(field) ?? [];
    return first && 'number' in first ? first.number : first && 'fixed' in first ? first.fixed : 0n;
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  messages(field: number): Message[] {
    return (this.#fields.get(field) ?? []).flatMap((value) =>
      'bytes' in value ? [new Message(value.bytes)] : [],
    );
  }
}

/** Spans of an ExportTraceServiceRequest (opentelemetry-proto: trace/v1/trace.proto, common/v1/common.proto). */
export function readProtobufSpans(body: Buffer): ReceivedSpan[] {
  return new Message(body).messages(1).flatMap((group) => {
    const resource = attributesOf(group.messages(1)[0]?.messages(1) ?? []);
    return group.messages(2).flatMap((scope) => scope.messages(2).map((span) => readSpan(span, resource)));
  });
}

function readSpan(span: Message, resource: ReceivedSpan['resource']): ReceivedSpan {
  return {
    traceId: span.bytes(1).toString('hex'),
    spanId: span.bytes(2).toString('hex'),
    parentSpanId: span.bytes(4).toString('hex'),
    name: span.text(5),
    kind: Number(span.number(6)),
    start: span.number(7),
    end: span.number(8),
    attributes: attributesOf(span.messages(9)),
    events: span.messages(11).map((event) => ({
      name: event.text(2),
      attributes: attributesOf(event.messages(3)),
    })),
    status: Number(span.messages(15)[0]?.number(3) ?? 0n),
    resource,
  };
}

function attributesOf(pairs: readonly Message[]): Record<string, ReceivedValue> {
  return Object.fromEntries(pairs.map((pair) => [pair.text(1), readValue(pair.messages(2)[0]!)]));
}

function readValue(value: Message): ReceivedValue {
  if (value.has(2)) return value.number(2) === 1n;
  if (value.has(3)) return Number(BigInt.asIntN(64, value.number(3)));
  if (value.has(4)) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value.number(4));
    return bytes.readDoubleLE();
  }
  if (value.has(5)) return value.messages(5)[0]!.messages(1).map(readValue);
  return value.text(1);
}
