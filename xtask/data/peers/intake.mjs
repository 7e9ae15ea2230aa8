// A shop's signed orders, each on the disk before its answer, as one would write it with Fastify and pg.
// DATABASE, SECRET and PORT come from the environment.
import { createHmac, timingSafeEqual } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const { DATABASE, SECRET, PORT } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE, max: 8 });
const insert = {
  name: 'insert',
  text: `insert into deliveries (source, delivery_id, topic, shop, triggered_at, body)
values ('shopify', $1, $2, $3, $4, $5) on conflict (source, delivery_id) do nothing`,
};

const app = Fastify({ bodyLimit: 2 * 1024 * 1024 });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body));
app.get('/health/ready', async (request, reply) => reply.code(200).send(''));
app.post('/webhooks/shopify', async (request, reply) => {
  const { body, headers } = request;
  const signed = createHmac('sha256', SECRET).update(body).digest();
  const sent = Buffer.from(headers['x-shopify-hmac-sha256'] ?? '', 'base64');
  if (sent.length !== signed.length || !timingSafeEqual(signed, sent)) return reply.code(401).send('');
  try {
    JSON.parse(body);
  } catch {
    return reply.code(400).send('');
  }
  await pool.query({
    ...insert,
    values: [
      headers['x-shopify-webhook-id'],
      headers['x-shopify-topic'],
      headers['x-shopify-shop-domain'],
      headers['x-shopify-triggered-at'],
      body,
    ],
  });
  return reply.code(200).send('');
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
