/** The bytes of an answer whose length is known before the first one is made. */
export interface Body {
  size: number;
  type: string;
  /** Names the file that it is saved as. */
  extension: string;
  /** The same bytes every time, whatever part is asked for. @param to not part of it */
  read(from: number, to: number): AsyncGenerator<Uint8Array>;
}
