//! Who tells by itself what happens: webhooks of carriers and aggregators.

use domain::Timestamp;
use domain::text::hex;
use ports::carriers::TrackError;
use ports::webhooks::{Claim, Headers, SenderBy, WebhookError, WebhookMessage, WebhookSource, hook_hash};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::{
    is_from_17track, is_from_aftership, read_17track_push, read_aftership_push, read_coordinadora_push,
};

/// Largest message, in bytes.
const MAX_MESSAGE: usize = 512 * 1024;
/// Secret parts of addresses have this many characters: nothing else is looked for.
const SECRET_LENGTH: usize = 32;

/// The systems whose webhooks are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierWebhooks {
    /// Version 3 of Coordinadora's push. Nothing signs it: the address is the proof.
    Coordinadora,
    /// 17TRACK.
    SeventeenTrack,
    /// AfterShip.
    AfterShip,
}

impl CarrierWebhooks {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Coordinadora, Self::SeventeenTrack, Self::AfterShip];
}

impl WebhookSource for CarrierWebhooks {
    fn name(&self) -> &'static str {
        match self {
            Self::Coordinadora => "coordinadora",
            Self::SeventeenTrack => "17track",
            Self::AfterShip => "aftership",
        }
    }

    fn max_body_bytes(&self) -> usize {
        MAX_MESSAGE
    }

    fn sender_by(&self) -> SenderBy {
        SenderBy::Path(match self {
            Self::Coordinadora => None,
            Self::SeventeenTrack => Some("key"),
            Self::AfterShip => Some("webhook_secret"),
        })
    }

    fn delivery_id(&self, _: &Claim, body: &[u8]) -> String {
        let named = match self {
            Self::Coordinadora => read_coordinadora_push(body).ok().and_then(|(id, _)| id),
            Self::SeventeenTrack => None,
            Self::AfterShip => read_aftership_push(body).ok().and_then(|(id, _)| id),
        };
        // What repeats a message without an id says the same.
        named.filter(|id| !id.is_empty() && id.len() <= 200).unwrap_or_else(|| hex(&Sha256::digest(body)))
    }

    fn account(&self, text: &str) -> Option<String> {
        let is_secret = text.len() == SECRET_LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_secret.then(|| hook_hash(text))
    }

    fn claim(&self, headers: &Headers<'_>) -> Result<Claim, WebhookError> {
        let account = headers.secret_path().and_then(|secret| self.account(secret));
        Ok(Claim {
            delivery_id: String::new(),
            account: account.ok_or(WebhookError::BadSignature)?,
            topic: "parcels".to_owned(),
            triggered_at: None,
            event_id: None,
        })
    }

    fn authenticate(
        &self,
        headers: &Headers<'_>,
        body: &[u8],
        secrets: &[SecretString],
    ) -> Result<(), WebhookError> {
        let is_signed = |header: &str, by: fn(&str, &[u8], &SecretString) -> bool| {
            headers.get(header).is_some_and(|sign| secrets.iter().any(|secret| by(sign, body, secret)))
        };
        let proven = match self {
            Self::Coordinadora => true,
            Self::SeventeenTrack => is_signed("sign", is_from_17track),
            Self::AfterShip => is_signed("aftership-hmac-sha256", is_from_aftership),
        };
        if proven { Ok(()) } else { Err(WebhookError::BadSignature) }
    }

    fn parse(&self, _: &str, body: &[u8], _: Timestamp) -> Result<WebhookMessage, WebhookError> {
        let events = match self {
            Self::Coordinadora => read_coordinadora_push(body).map(|(_, event)| vec![event]),
            Self::SeventeenTrack => read_17track_push(body).map(|event| event.into_iter().collect()),
            Self::AfterShip => read_aftership_push(body).map(|(_, events)| events),
        };
        events.map(WebhookMessage::ParcelsMoved).map_err(|error| malformed(&error))
    }
}

fn malformed(error: &TrackError) -> WebhookError {
    WebhookError::Malformed { detail: error.detail().unwrap_or("unusable").to_owned() }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn the_address_names_the_account_and_nothing_else_is_looked_for() {
        let secret = "0123456789abcdef0123456789abcdef";
        for source in CarrierWebhooks::ALL {
            let claim = source.claim(&Headers::new().at(Some(secret))).unwrap();
            assert_eq!((claim.account.len(), claim.account.contains(secret)), (64, false));
            for bad in [None, Some(""), Some("x"), Some("0123456789abcdef0123456789abcdeg")] {
                assert_eq!(source.claim(&Headers::new().at(bad)), Err(WebhookError::BadSignature), "{bad:?}");
            }
        }
    }

    #[test]
    fn signatures_are_asked_of_those_who_sign() {
        let secrets = [SecretString::from("k")];
        let headers: Headers<'_> = [("sign", "00"), ("aftership-hmac-sha256", "AA==")].into_iter().collect();
        for source in [CarrierWebhooks::SeventeenTrack, CarrierWebhooks::AfterShip] {
            assert!(source.authenticate(&headers, b"{}", &secrets).is_err());
            assert!(source.authenticate(&Headers::new(), b"{}", &secrets).is_err());
            assert!(source.authenticate(&headers, b"{}", &[]).is_err());
        }
    }

    #[test]
    fn a_delivery_has_the_id_of_its_body_or_is_its_body() {
        let claim = CarrierWebhooks::Coordinadora.claim(&Headers::new().at(Some(&"0".repeat(32)))).unwrap();
        let data = STANDARD.encode(r#"{"tracking_number":"36312345678","codigo":"5"}"#);
        let push = format!(r#"{{"message":{{"data":"{data}","messageId":"77"}}}}"#);
        assert_eq!(CarrierWebhooks::Coordinadora.delivery_id(&claim, push.as_bytes()), "77");
        let [one, other] =
            ["{}", "{ }"].map(|body| CarrierWebhooks::Coordinadora.delivery_id(&claim, body.as_bytes()));
        assert!(one.len() == 64 && one != other);
        let event = r#"{"event_id":"e1","msg":{"tracking_number":"36312345678"}}"#;
        assert_eq!(CarrierWebhooks::AfterShip.delivery_id(&claim, event.as_bytes()), "e1");
    }
}
