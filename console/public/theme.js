// Runs before the first paint so that a dark screen never flashes white.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('litper.theme');
  } catch {
    // Storage may be blocked; the system preference applies then.
  }
  const dark =
    choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
