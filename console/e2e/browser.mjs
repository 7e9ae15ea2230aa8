/** How every browser of this folder is started: Debian's Chromium, silent on the network. */
export const LAUNCH = {
  executablePath: process.env.LITPER_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
