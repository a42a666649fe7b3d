/** What a page does that stays open while the server gets another version of it. */

/** A server whose files are broken must not have the page load again and again. */
const AGAIN_AFTER_MS = 60_000;

/** A part that is fetched later may be gone with its version. The page of the new version has it. */
export function reloadWhereOutdated(): void {
  window.addEventListener('vite:preloadError', (event) => {
    if (!navigator.onLine) return;
    if (wasJustReloaded()) return;
    event.preventDefault();
    location.reload();
  });
}

/** The browser itself tells, also one that keeps nothing or has another time. */
function wasJustReloaded(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  const isReload = navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload';
  return isReload && performance.now() < AGAIN_AFTER_MS;
}

/** What is seen first must not share the network with what is kept for later, and comes in some seconds on a slow one. */
const KEPT_AFTER_MS = 4_000;

/** Keeps the page for when there is no network, and gets notifications. `vite dev` has none. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = () => void navigator.serviceWorker.register('/sw.js').catch(() => {});
  const registerLater = () => setTimeout(register, KEPT_AFTER_MS);
  if (document.readyState === 'complete') registerLater();
  else window.addEventListener('load', registerLater);
}
