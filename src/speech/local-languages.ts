/** The languages that the local model knows. The api names them too, and must not load the model for that. */
export const LOCAL_LANGUAGES: readonly string[] = ['en'];
