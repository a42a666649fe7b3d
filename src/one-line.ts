/**
 * Matches text that stays on one line. Names go into prompts, forms and addresses on a line of their own, so they must hold
 * nothing that ends a line. The characters are listed, because readers of the OpenAPI document know no \p{…}.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
export const ONE_LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/;
