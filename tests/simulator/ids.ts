import { randomUUID } from 'node:crypto';

export type RandomSource = { uuid(): string; hex32(): string };

/** Ids of upstream. A seed other than 0 gives the same ids in the same order every time. */
export function createRandomSource(seed: number): RandomSource {
  const uuid = seed === 0 ? randomUUID : seededUuid(seed);
  return { uuid, hex32: () => uuid().replaceAll('-', '') };
}

function seededUuid(seed: number): () => string {
  const next = createNumbers(seed);
  return () => {
    const bytes = Buffer.alloc(16);
    for (let offset = 0; offset < 16; offset += 4) {
      bytes.writeUInt32BE(Math.floor(next() * 0x1_0000_0000), offset);
    }
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  };
}

/** Repeatable numbers in [0, 1) (mulberry32). */
export function createNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const protobufKinds = { image: 3, video: 5 } as const;

/** The long media ids of 2025: unpadded base64 of a protobuf with kind, project, workflow, step and media UUID. */
export function encodeLongMediaId(parts: {
  kind: 'image' | 'video';
  projectId?: string;
  workflowId: string;
  uuid: string;
}): string {
  const text = (field: number, value: string) =>
    Buffer.concat([Buffer.from([(field << 3) | 2, value.length]), Buffer.from(value)]);
  return Buffer.concat([
    Buffer.from([0x08, protobufKinds[parts.kind]]),
    parts.projectId === undefined ? Buffer.alloc(0) : text(2, parts.projectId),
    text(3, parts.workflowId),
    text(4, 'CAE'),
    text(5, parts.uuid),
  ])
    .toString('base64')
    .replace(/=+$/, '');
}
