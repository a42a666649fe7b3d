/** Which of the server's devices this browser is, as far as it has been noted here. */
const PLACE = 'afterword.push-device';

/** Of a browser that keeps nothing it is known until the page is left. */
let noted: string | null = null;

export const thisDevice = {
  get(): string | null {
    try {
      return localStorage.getItem(PLACE) ?? noted;
    } catch {
      return noted;
    }
  },
  set(id: string | null): void {
    noted = id;
    try {
      if (id === null) localStorage.removeItem(PLACE);
      else localStorage.setItem(PLACE, id);
    } catch {
      // Then the list of devices shows this one as any other after the next load.
    }
  },
};
