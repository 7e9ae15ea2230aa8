/** What Shopify gives to answer a request about stored data, in days after it came. */
export const PRIVACY_DAYS = 30;

const SHOP_SUFFIX = '.myshopify.com';
const DAY_MS = 86_400_000;

/** The permanent domain out of what people paste: an address, capitals, or the bare name. */
export function shopDomain(text: string): string {
  const host = text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/?#].*$/, '');
  const admin = /^admin\.shopify\.com\/store\/([a-z0-9-]+)/.exec(
    text
      .trim()
      .toLowerCase()
      .replace(/^https?:\/\//, ''),
  );
  if (admin?.[1]) return admin[1] + SHOP_SUFFIX;
  return host === '' || host.includes('.') ? host : host + SHOP_SUFFIX;
}

export function isShopDomain(domain: string): boolean {
  return /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/.test(domain);
}

export function privacyDue(receivedAt: string): string {
  return new Date(Date.parse(receivedAt) + PRIVACY_DAYS * DAY_MS).toISOString();
}

/** Whether messages of a shop system can reach the address from outside. */
export function isPublicAddress(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  const inside = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)/;
  return protocol === 'https:' && !inside.test(hostname);
}
