const BYTES = /(?:<0x[0-9A-F]{2}>)+/g;
const SPECIAL = /<<ST_\d+>>|<\/?s>|<unk>/g;

/**
 * The recognizer's text as a person would write it. What is not in the vocabulary comes as single bytes ("<0xE5>"),
 * which sherpa passes on as they are spelled; bytes that are no valid UTF-8 are left out.
 */
export function readableText(raw: string): string {
  return (
    raw
      .replace(BYTES, (run) => {
        const bytes = run.match(/[0-9A-F]{2}(?=>)/g) ?? [];
        return Buffer.from(bytes.join(''), 'hex').toString('utf8').replaceAll('\uFFFD', '');
      })
      .replace(SPECIAL, '')
      .replace(/\s+/g, ' ')
      // A word that was taken out leaves its comma behind.
      .replace(/\s+([,.;:!?])/g, '$1')
      .replace(/([,.;:!?])(?:\s?,)+/g, '$1')
      .replace(/^[\s,;:]+/, '')
      .trim()
  );
}
