/** The settings of a server that asks a simulated provider (`simulators/`). */

/** @param url where it speaks Deepgram's format */
export function deepgramAt(url: string): Record<string, string> {
  return {
    AFTERWORD_TRANSCRIBER: 'deepgram',
    AFTERWORD_DEEPGRAM_KEY: 'key',
    AFTERWORD_DEEPGRAM_URL: url,
  };
}

/** @param url where it speaks OpenAI's format */
export function simulatedModelAt(url: string): Record<string, string> {
  return {
    AFTERWORD_LANGUAGE_MODEL: 'openai-compatible:simulated',
    AFTERWORD_LANGUAGE_MODEL_URL: url,
  };
}
