// Invented shipments for the development server. Nothing here is real.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const CARRIERS = [
  ['COORDINADORA', 'Coordinadora'],
  ['SERVIENTREGA', 'Servientrega'],
  ['ENVIA', 'Envía'],
  ['INTERRAPIDISIMO', 'Inter Rapidísimo'],
  ['TCC', 'TCC'],
];
const CITIES = [
  ['Bogotá', 'Bogotá, D.C.', '11001'],
  ['Medellín', 'Antioquia', '05001'],
  ['Cali', 'Valle del Cauca', '76001'],
  ['Barranquilla', 'Atlántico', '08001'],
  ['Pasto', 'Nariño', '52001'],
  ['San Andrés de Tumaco', 'Nariño', '52835'],
  ['La Unión', null, null],
  ['Cartagena de Indias', 'Bolívar', '13001'],
];
const NAMES = [
  'Ana Prueba',
  'Luis Ejemplo',
  'María Fernanda Muestra del Castillo',
  'José Demo',
  null,
];
const STATUSES = [
  [
    'IN_OFFICE',
    'DISPONIBLE EN PUNTO',
    'status_at_office',
    25,
    'Disponible para reclamar en oficina',
  ],
  ['ISSUE', 'NOVEDAD', 'status_exception', 30, 'No se logra la entrega'],
  ['IN_TRANSIT', 'EN TRANSITO', 'status_in_transit', 5, 'Salida de centro logístico'],
  ['OUT_FOR_DELIVERY', 'EN REPARTO', 'status_out_for_delivery', 10, 'En reparto con el mensajero'],
  ['RETURNED', 'DEVOLUCION', 'status_return', 30, 'En proceso de devolución'],
  ['SHIPPED', 'DESPACHADA', 'status_early', 5, 'Recibida en centro de acopio'],
  ['DELIVERED', 'ENTREGADA', 'status_delivered', 0, 'Entregado al destinatario'],
  ['IN_TRANSIT', 'RETENIDO EN NODO 4', 'status_in_transit', 5, 'Retenido en nodo 4'],
];
const NOVELTIES = [
  ['BAD_ADDRESS', 'Dirección incompleta, falta número de casa'],
  ['RECIPIENT_UNAVAILABLE', 'No hay quien reciba'],
  ['REJECTED', 'El cliente no acepta el envío'],
];

/** Small repeatable generator, so that screenshots do not change between runs. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

function stillReason(hours) {
  if (hours >= 120) return ['120h_no_movement', 50];
  if (hours >= 72) return ['72h_no_movement', 35];
  if (hours >= 48) return ['48h_no_movement', 25];
  return hours >= 24 ? ['24h_no_movement', 10] : null;
}

function riskOf(status, reason, points, hours, novelty, city) {
  if (status === 'DELIVERED') {
    return { score: 0, level: 'LOW', terminal: true, reasons: [], next_change_at: null };
  }
  const reasons = [];
  const still = stillReason(hours);
  if (still) reasons.push({ code: still[0], points: still[1] });
  reasons.push({ code: reason, points });
  if (novelty) reasons.push({ code: 'novedad_present', points: 15 });
  if (city === 'San Andrés de Tumaco') reasons.push({ code: 'risky_city', points: 15 });
  const score = Math.min(
    100,
    reasons.reduce((sum, each) => sum + each.points, 0),
  );
  const level = score >= 70 ? 'HIGH' : score >= 40 ? 'MEDIUM' : 'LOW';
  const next = hours < 120 ? new Date(Date.now() + 6 * HOUR).toISOString() : null;
  return { score, level, terminal: false, reasons, next_change_at: next };
}

function eventsOf(shipment, importId, random) {
  const end = Date.parse(shipment.last_movement_at ?? new Date().toISOString());
  const path = [
    'CREATED',
    'SHIPPED',
    'IN_TRANSIT',
    'IN_TRANSIT',
    'OUT_FOR_DELIVERY',
    shipment.status,
  ];
  const texts = [
    'Guía generada',
    'Recibida en centro de acopio',
    'Salida de centro logístico Girardota',
    'Llegada a ciudad de destino',
    'En reparto con el mensajero',
    shipment.last_movement_text,
  ];
  let at = end;
  const events = [];
  for (let index = path.length - 1; index >= 0; index -= 1) {
    const last = index === path.length - 1;
    events.push({
      id: `${shipment.id}-e${index}`,
      occurred_at: new Date(at).toISOString(),
      received_at: new Date(end + HOUR).toISOString(),
      status: path[index],
      status_known: last ? shipment.status_known : true,
      exception_reason: last ? shipment.exception_reason : 'NONE',
      raw_status: last ? shipment.raw_status : path[index],
      text: texts[index],
      novelty: last ? shipment.novelty : null,
      city: index < 3 ? 'GIRARDOTA' : shipment.city.name,
      source: 'dropi_file',
      out_of_order: index === 3,
      import_id: importId,
    });
    at -= Math.round((index === 4 ? 2.3 * DAY : 5 * HOUR) + random() * 4 * HOUR);
  }
  return events;
}

export function makeShipments(count, importId, seed) {
  const random = randomFrom(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  return Array.from({ length: count }, (_, index) => {
    const [status, raw, reason, points, text] = pick(STATUSES);
    const [cityName, department, dane] = pick(CITIES);
    const carrier = pick(CARRIERS);
    const hours = Math.floor(random() ** 1.6 * 190);
    const novelty = status === 'ISSUE' ? pick(NOVELTIES) : null;
    const shipment = {
      id: `0190${seed.toString(16).padStart(4, '0')}-${String(index).padStart(6, '0')}`,
      tracking_number: String(50_000_000_000 + seed * 1_000_000 + index * 37),
      carrier: { code: carrier[0], name: carrier[1] },
      status,
      status_known: raw !== 'RETENIDO EN NODO 4',
      exception_reason: novelty ? novelty[0] : 'NONE',
      return_in_process: status === 'RETURNED',
      raw_status: raw,
      novelty: novelty ? novelty[1] : null,
      city: { name: cityName, department, dane_code: dane, ambiguous: dane === null },
      risk: riskOf(status, reason, points, hours, novelty, cityName),
      last_movement_at: new Date(Date.now() - hours * HOUR - 600_000).toISOString(),
      last_movement_text: text,
      recipient: {
        name: pick(NAMES),
        phone: `300 *** ${String(1000 + (index % 9000))}`,
        masked: true,
      },
      collect:
        random() > 0.1
          ? { amount: 45_000 + Math.floor(random() * 300) * 1000, currency: 'COP' }
          : null,
      order_id: null,
    };
    const events = eventsOf(shipment, importId, random);
    const detail = {
      guide_created_at: events.at(-1).occurred_at,
      first_seen_at: events.at(-1).received_at,
      updated_at: new Date().toISOString(),
      days_in_transit: Math.round((Date.now() - Date.parse(events.at(-1).occurred_at)) / DAY),
      event_count: events.length,
      duplicate_count: index % 3,
      out_of_order_count: 1,
      address: index % 2 === 0 ? 'Calle 45 # 12-30, apto 201' : null,
      tracking_url: index % 4 === 0 ? null : 'https://example.com/rastreo',
    };
    return { shipment, detail, events };
  });
}

export function makeOrders(rows) {
  return rows.slice(0, 40).map(({ shipment, detail }, index) => ({
    id: `order-${shipment.id}`,
    number: `D-${9000 + index}`,
    source: index % 5 === 0 ? 'shopify' : 'dropi',
    status: shipment.status === 'DELIVERED' ? 'DELIVERED' : index % 4 === 0 ? 'PENDING' : 'SHIPPED',
    customer: { ...shipment.recipient },
    city: shipment.city,
    total: shipment.collect,
    tracking_number: shipment.tracking_number,
    placed_at: detail.guide_created_at,
    updated_at: detail.updated_at,
  }));
}
