/** Recognises a file's format by its first bytes, never by its name. Pure. */
import { otherThanAudio } from './other-than-audio.ts';

/** Containers that are read here, whatever decodes what is in them. */
type Container = 'wav' | 'ogg' | 'aiff' | 'au' | 'caf' | 'matroska';

/** What is decoded outside: by a WebAssembly decoder in a thread of its own, or by ffmpeg. */
export const OUTSIDE = {
  mp3: 'MP3',
  flac: 'FLAC',
  'ogg-flac': 'Ogg FLAC',
  'ogg-vorbis': 'Ogg Vorbis',
  'ogg-other': 'Ogg with another codec than Opus, Vorbis or FLAC',
  'ogg-surround': 'Ogg Opus with more than two channels',
  mp4: 'MP4 (M4A, MOV, 3GP)',
  adts: 'AAC',
  amr: 'AMR',
  asf: 'Windows Media',
  'caf-packed': 'a Core Audio file with compressed sound',
  'matroska-packed': 'WebM or Matroska with other sound than PCM, or Opus of one or two channels',
  'wav-packed': 'a WAV with compressed sound',
  'aiff-packed': 'AIFF with compressed sound',
  w64: 'Sony Wave64',
  avi: 'AVI',
  'mpeg-ts': 'an MPEG transport stream',
  'mpeg-ps': 'an MPEG program stream',
  flv: 'Flash video',
  rifx: 'a big-endian WAV',
  wavpack: 'WavPack',
  tta: 'True Audio',
} as const;

export type OutsideFormat = keyof typeof OUTSIDE;

export type Recognised =
  | { container: Container }
  | { outside: OutsideFormat }
  /** Audio that nothing here decodes. */
  | { foreign: string }
  /** Something else than audio. */
  | { other: string };

/** What lies in front of the first sound of a container is looked at up to here. */
export const HEAD_BYTES = 65_536;

/** @param head the file's first HEAD_BYTES, or all of a shorter one */
export function recognise(head: Uint8Array): Recognised | null {
  const text = latin1(head, 0, 16);
  if (/^(RIFF|RF64|BW64)/.test(text) && text.slice(8, 12) === 'WAVE')
    return isPackedWav(head) ? { outside: 'wav-packed' } : { container: 'wav' };
  if (text.startsWith('OggS')) return oggCodec(head);
  if (text.startsWith('fLaC')) return { outside: 'flac' };
  if (text.startsWith('FORM') && /^AIF[FC]/.test(text.slice(8)))
    return isPackedAiff(head) ? { outside: 'aiff-packed' } : { container: 'aiff' };
  if (text.startsWith('.snd')) return { container: 'au' };
  if (text.startsWith('caff\0\x01')) return cafCodec(head);
  if (text.startsWith('\x1aE\xdf\xa3')) return matroskaCodec(head);
  // The same boxes hold the photos of phones.
  if (/^(ftyp(?!hei[cxms]|mif1|avi[fs])|moov|mdat|wide|free|skip)/.test(text.slice(4)) && isBox(head))
    return { outside: 'mp4' };
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'AVI ') return { outside: 'avi' };
  if (text.startsWith('riff.\x91\xcf\x11')) return { outside: 'w64' };
  if (text.startsWith('FLV\x01')) return { outside: 'flv' };
  if (text.startsWith('\0\0\x01\xba')) return { outside: 'mpeg-ps' };
  if (isTransportStream(head)) return { outside: 'mpeg-ts' };
  if (text.startsWith('#!AMR')) return { outside: 'amr' };
  if (text.startsWith('0&\xb2u\x8ef\xcf')) return { outside: 'asf' };
  if (/^\xff[\xf0\xf1\xf8\xf9]/.test(text)) return { outside: 'adts' };
  if (isMpegFrame(text)) return { outside: 'mp3' };
  if (text.startsWith('RIFX')) return { outside: 'rifx' };
  if (text.startsWith('MAC ')) return { foreign: "Monkey's Audio" };
  if (text.startsWith('wvpk')) return { outside: 'wavpack' };
  if (text.startsWith('TTA1')) return { outside: 'tta' };
  if (/^ds[s2]/.test(text.slice(1)) && text.charCodeAt(0) < 8)
    return { foreign: 'DSS, the format of dictation machines' };
  const unread = UNREAD.find(([magic]) => text.startsWith(magic));
  if (unread) return { foreign: unread[1] };
  const other = otherThanAudio(head);
  return other === null ? null : { other };
}

/** Of recorders, cinemas and streams of before; each begins with more than an Omi frame can be long. */
const UNREAD: readonly [string, string][] = [
  ['Creative Voice F', 'Creative Voice (VOC)'],
  ['MS_VOICE', 'Sony Memory Stick Voice (MSV, DVF)'],
  ['ea3\x03', 'Sony OpenMG (OMA)'],
  ['EA3\x01', 'Sony OpenMG (OMA)'],
  ['.RMF', 'RealMedia (RealAudio)'],
  ['.ra\xfd', 'RealAudio'],
  ['\x7f\xfe\x80\x01', 'DTS'],
];

/** The length of an ID3 tag at the start, which may stand before several formats; 0 if there is none. */
export function id3Bytes(head: Uint8Array): number {
  if (head.length < 10 || latin1(head, 0, 3) !== 'ID3') return 0;
  const size = head.subarray(6, 10);
  if (size.some((byte) => byte >= 0x80)) return 0;
  const body = size.reduce((sum, byte) => sum * 128 + byte, 0);
  return 10 + body + ((head[5] ?? 0) & 0x10 ? 10 : 0);
}

/** Recognises the header of an MPEG audio frame, layer 2 or 3, with a bit rate and a sample rate that exist. */
function isMpegFrame(head: string): boolean {
  const rates = head.charCodeAt(2);
  return (
    /^\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd]/.test(head) &&
    rates >> 4 !== 0 &&
    rates >> 4 !== 15 &&
    (rates & 12) !== 12
  );
}

/** Packets of a transport stream, as broadcast and as camcorders store it, with four bytes in front of each. */
const TRANSPORT = [
  { first: 0, step: 188 },
  { first: 4, step: 192 },
];
/** By one byte alone an Omi frame of 71 bytes looks like such a packet. */
const TRANSPORT_PACKETS = 8;

function isTransportStream(head: Uint8Array): boolean {
  return TRANSPORT.some(({ first, step }) =>
    Array.from({ length: TRANSPORT_PACKETS }, (_, at) => head[first + at * step]).every(
      (byte) => byte === 0x47,
    ),
  );
}

/** ADPCM, GSM, G.721 to G.729, MP3, AAC: what the format chunk of a WAV says is no plain samples. */
const PACKED_TAGS = new Set([0x2, 0x11, 0x14, 0x31, 0x40, 0x42, 0x45, 0x50, 0x55, 0x64, 0x83, 0xff, 0x1610]);

function isPackedWav(head: Uint8Array): boolean {
  const at = Buffer.from(head.buffer, head.byteOffset, head.length).indexOf('fmt ', 12, 'latin1');
  return at !== -1 && at + 10 <= head.length && PACKED_TAGS.has(viewOf(head).getUint16(at + 8, true));
}

function oggCodec(head: Uint8Array): Recognised {
  const text = latin1(head, 0, head.length);
  // Opus wins, because its reader leaves other streams out by itself.
  if (text.includes('OpusHead')) return isSurround(head) ? { outside: 'ogg-surround' } : { container: 'ogg' };
  if (text.includes('\x01vorbis')) return { outside: 'ogg-vorbis' };
  if (text.includes('\x7fFLAC')) return { outside: 'ogg-flac' };
  return text.includes('Speex   ') ? { outside: 'ogg-other' } : { container: 'ogg' };
}

/** Says whether the first Opus stream has more channels than are decoded here. */
function isSurround(head: Uint8Array): boolean {
  const at = Buffer.from(head.buffer, head.byteOffset, head.length).indexOf('OpusHead', 0, 'latin1');
  return at !== -1 && (head[at + 9] ?? 0) > 2;
}

function isPackedAiff(head: Uint8Array): boolean {
  if (latin1(head, 8, 12) !== 'AIFC') return false;
  const text = latin1(head, 0, head.length);
  const at = text.indexOf('COMM', 12);
  if (at === -1) return false;
  return !AIFC_PLAIN.has(text.slice(at + 26, at + 30));
}

/** The compression types of AIFF-C that are samples one by one. */
const AIFC_PLAIN: ReadonlySet<string> = new Set(
  ['NONE', 'twos', 'sowt', 'raw ', 'fl32', 'FL32', 'fl64', 'FL64', 'in24', 'in32', 'ulaw', 'ULAW'].concat([
    'alaw',
    'ALAW',
    '',
  ]),
);

function cafCodec(head: Uint8Array): Recognised {
  const at = latin1(head, 0, head.length).indexOf('desc');
  const codec = at === -1 ? '' : latin1(head, at + 20, at + 24);
  return ['lpcm', 'ulaw', 'alaw'].includes(codec) ? { container: 'caf' } : { outside: 'caf-packed' };
}

function matroskaCodec(head: Uint8Array): Recognised {
  const codecs = latin1(head, 0, head.length).match(/A_[A-Z0-9_]+(\/[A-Z0-9_/]+)?/g) ?? [];
  const isOurs = codecs.length === 0 || /^A_(OPUS|PCM)/.test(codecs[0] ?? '');
  return isOurs && !isSurround(head) ? { container: 'matroska' } : { outside: 'matroska-packed' };
}

/** A box is at least as long as its header. `0` is one that reaches to the end and `1` one with a longer length. */
function isBox(head: Uint8Array): boolean {
  const size = viewOf(head).getUint32(0);
  return size === 0 || size === 1 || size >= 8;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', from, to);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
