//! The fingerprint by which a repeated tracking event is recognised.
//!
//! Two rows that say the same about a shipment have the same hash, whichever file or channel they came in.
//! The phone and the date of the report are left out: they change without anything having happened. The hash
//! is stored as the key of an event, so what goes into it must never change.

use domain::time::Timestamp;
use sha2::{Digest, Sha256};

/// What an event says. Empty text, text of white space only and no text are the same.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Payload<'a> {
    /// Tracking number in its normal form.
    pub(crate) tracking_number: &'a str,
    /// Status as received.
    pub(crate) status: Option<&'a str>,
    /// Text of the incident.
    pub(crate) novelty: Option<&'a str>,
    /// Destination city as received.
    pub(crate) city: Option<&'a str>,
    /// Carrier as received.
    pub(crate) carrier: Option<&'a str>,
    /// Text of the last movement.
    pub(crate) last_movement_text: Option<&'a str>,
    /// Moment of the last movement.
    pub(crate) last_movement_at: Option<Timestamp>,
    /// Moment at which the carrier's label was made.
    pub(crate) guide_created_at: Option<Timestamp>,
}

/// SHA-256 over the payload as JSON: sorted keys, no spaces, trimmed values, moments in RFC 3339 (UTC),
/// and `""` for what is absent.
pub(crate) fn payload_hash(payload: &Payload<'_>) -> [u8; 32] {
    Sha256::digest(canonical_json(payload)).into()
}

fn canonical_json(payload: &Payload<'_>) -> String {
    let guide_created_at = payload.guide_created_at.map(|at| at.to_string());
    let last_movement_at = payload.last_movement_at.map(|at| at.to_string());
    let fields = [
        ("ciudad", payload.city),
        ("estatus", payload.status),
        ("fecha_de_generacion_de_guia", guide_created_at.as_deref()),
        ("fecha_de_ultimo_movimiento", last_movement_at.as_deref()),
        ("guia", Some(payload.tracking_number)),
        ("novedad", payload.novelty),
        ("transportadora", payload.carrier),
        ("ultimo_movimiento", payload.last_movement_text),
    ];
    // Keys, quotes and dates take 220 bytes; most texts are short.
    let mut json = String::with_capacity(512);
    for (at, (key, value)) in fields.into_iter().enumerate() {
        json.push_str(if at == 0 { "{\"" } else { ",\"" });
        json.push_str(key);
        json.push_str("\":\"");
        push_escaped(&mut json, value.unwrap_or_default().trim());
        json.push('"');
    }
    json.push('}');
    json
}

/// Escapes as `serde_json` does, without an error to handle.
fn push_escaped(json: &mut String, text: &str) {
    let mut clean_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0C => "\\f",
            0x00..=0x1F => "",
            _ => continue,
        };
        json.push_str(&text[clean_from..at]);
        clean_from = at + 1;
        if short.is_empty() {
            json.push_str("\\u00");
            json.push(char::from(b'0' + (byte >> 4)));
            json.push(char::from(b"0123456789abcdef"[usize::from(byte & 0xF)]));
        } else {
            json.push_str(short);
        }
    }
    json.push_str(&text[clean_from..]);
}

#[cfg(test)]
mod tests;
