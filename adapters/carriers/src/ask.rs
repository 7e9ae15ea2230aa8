//! Asking carriers and aggregators: each one's question, one way to ask all of them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use domain::TrackingNumber;
use domain::text::hex;
use ports::carriers::{Connection, CredentialField, FollowsParcels, Pushes, TrackError, Tracked};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::asking::{Asking, Next, Part};
use crate::http::{Answer, Http, Pair};
use crate::{
    Heard, aftership, coordinadora_guides, read_coordinadora_guides, read_envia, read_interrapidisimo,
    read_servientrega, read_tcc, seventeen_track,
};

/// A number that nobody has, for a question that is only to be let in.
const NOBODYS: &str = "10000000001";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Coordinadora,
    Servientrega,
    Interrapidisimo,
    Envia,
    Tcc,
    SeventeenTrack,
    AfterShip,
}

/// What is known of one carrier's interface.
struct Who {
    way: Way,
    code: &'static str,
    name: &'static str,
    fields: &'static [CredentialField],
    /// None where each organisation is given its own.
    usual_address: Option<&'static str>,
    pushes: Pushes,
    /// Parcels of one question.
    per_question: usize,
    /// Milliseconds between two questions.
    pace: u64,
}

const fn field(name: &'static str, is_secret: bool, is_required: bool) -> CredentialField {
    CredentialField { name, is_secret, is_required }
}

const WHO: [Who; 7] = [
    Who {
        way: Way::Coordinadora,
        code: "coordinadora",
        name: "Coordinadora",
        fields: &[field("usuario", false, true), field("clave", true, true)],
        usual_address: Some("https://ws.coordinadora.com/agw/ws/guias/1.6/server.php"),
        pushes: Pushes::Unsigned,
        per_question: 20,
        pace: 500,
    },
    Who {
        way: Way::Servientrega,
        code: "servientrega",
        name: "Servientrega",
        fields: &[],
        usual_address: Some("https://wssismilenio.servientrega.com/wsrastreoenvios/wsrastreoenvios.asmx"),
        pushes: Pushes::Never,
        per_question: 1,
        pace: 500,
    },
    Who {
        way: Way::Interrapidisimo,
        code: "interrapidisimo",
        name: "Interrapidísimo",
        fields: &[
            field("id_cliente", false, true),
            field("app_signature", true, true),
            field("security_token", true, true),
        ],
        usual_address: None,
        pushes: Pushes::Never,
        per_question: 20,
        pace: 500,
    },
    Who {
        way: Way::Envia,
        code: "envia",
        name: "Envía",
        fields: &[],
        usual_address: Some("https://hub.envia.co/ServicioRestConsultaEstados/Service1Consulta.svc"),
        pushes: Pushes::Never,
        per_question: 1,
        pace: 500,
    },
    Who {
        way: Way::Tcc,
        code: "tcc",
        name: "TCC",
        fields: &[field("access_token", true, true)],
        usual_address: Some("https://somos.tcc.com.co"),
        pushes: Pushes::Never,
        per_question: 20,
        pace: 500,
    },
    Who {
        way: Way::SeventeenTrack,
        code: "17track",
        name: "17TRACK",
        fields: &[field("key", true, true)],
        usual_address: Some("https://api.17track.net"),
        pushes: Pushes::Signed("key"),
        per_question: 40,
        pace: 350,
    },
    Who {
        way: Way::AfterShip,
        code: "aftership",
        name: "AfterShip",
        fields: &[field("api_key", true, true), field("webhook_secret", true, false)],
        usual_address: Some("https://api.aftership.com"),
        pushes: Pushes::Signed("webhook_secret"),
        per_question: 40,
        pace: 200,
    },
];

/// A carrier or an aggregator, over the network.
struct Asked {
    who: &'static Who,
    http: Arc<Http>,
}

/// All that can be asked.
#[must_use]
pub fn all(http: Http) -> Vec<Arc<dyn FollowsParcels>> {
    let http = Arc::new(http);
    let asked = |who| Arc::new(Asked { who, http: Arc::clone(&http) }) as Arc<dyn FollowsParcels>;
    WHO.iter().map(asked).collect()
}

#[async_trait]
impl FollowsParcels for Asked {
    fn code(&self) -> &'static str {
        self.who.code
    }

    fn name(&self) -> &'static str {
        self.who.name
    }

    fn is_aggregator(&self) -> bool {
        matches!(self.who.way, Way::SeventeenTrack | Way::AfterShip)
    }

    fn fields(&self) -> &'static [CredentialField] {
        self.who.fields
    }

    fn needs_address(&self) -> bool {
        self.who.usual_address.is_none()
    }

    fn address(&self, text: &str) -> Option<String> {
        Some(self.http.address(text)?.as_str().trim_end_matches('/').to_owned())
    }

    fn pushes(&self) -> Pushes {
        self.who.pushes
    }

    fn at_once(&self) -> usize {
        self.who.per_question.max(20)
    }

    async fn track(&self, connection: &Connection, numbers: &[TrackingNumber]) -> Tracked {
        let (mut asking, began) = (Asking::default(), Instant::now());
        let mut questions: VecDeque<&[TrackingNumber]> = numbers.chunks(self.who.per_question).collect();
        while let Some(some) = questions.pop_front() {
            if began.elapsed() > self.http.patience() {
                break;
            }
            match asking.note(some, self.question(connection, some).await) {
                Next::GoOn => {}
                Next::AskForEach => some.chunks(1).rev().for_each(|one| questions.push_front(one)),
                Next::End => return asking.tracked,
            }
        }
        let mut tracked = asking.tracked;
        if !tracked.answered.is_empty() {
            // Some parcels have no usable answer, which says nothing of the carrier.
            tracked.error = None;
        }
        tracked
    }

    async fn check(&self, connection: &Connection, known: Option<&TrackingNumber>) -> Result<(), TrackError> {
        match self.who.way {
            Way::SeventeenTrack => {
                let request = self.seventeen_track(connection, "getquota")?.body("[]");
                seventeen_track::read_17track_answer(&self.ask(connection, request).await?).map(drop)
            }
            Way::AfterShip => {
                let request = self.aftership(connection, "limit=1")?;
                aftership::read_aftership_list(&self.ask(connection, request).await?).map(drop)
            }
            Way::Coordinadora | Way::Servientrega | Way::Interrapidisimo | Way::Envia | Way::Tcc => {
                let nobodys = TrackingNumber::parse(NOBODYS).map_err(|_| TrackError::Malformed("number"))?;
                let number = known.cloned().unwrap_or(nobodys);
                self.question(connection, &[number]).await.map(drop)
            }
        }
    }
}

impl Asked {
    fn base<'a>(&'a self, connection: &'a Connection) -> Result<&'a str, TrackError> {
        // What may be asked may have changed since it was stored.
        let own = connection.address.as_deref().map(|own| self.http.address(own).map(|_| own));
        own.unwrap_or(self.who.usual_address).ok_or(TrackError::NotConnected("address"))
    }

    async fn ask(
        &self,
        connection: &Connection,
        request: reqwest::RequestBuilder,
    ) -> Result<Vec<u8>, TrackError> {
        self.exchange(connection, request).await?.ok()
    }

    async fn exchange(
        &self,
        connection: &Connection,
        request: reqwest::RequestBuilder,
    ) -> Result<Answer, TrackError> {
        let (pair, revision) = self.gate(connection);
        self.http.ask((&pair, revision), Duration::from_millis(self.who.pace), request).await
    }

    /// Whose turns the questions of a connection take, and what lets them in.
    fn gate<'a>(&self, connection: &'a Connection) -> (Pair, &'a str) {
        let carrier = self.who.code;
        let usual = self.who.usual_address;
        let has_own = connection.address.is_some() && connection.address.as_deref() != usual;
        if self.who.fields.is_empty() && !has_own {
            return (Pair { tenant: None, carrier }, "");
        }
        (Pair { tenant: Some(connection.tenant), carrier }, &connection.revision)
    }

    async fn question(
        &self,
        connection: &Connection,
        numbers: &[TrackingNumber],
    ) -> Result<Part, TrackError> {
        for field in self.who.fields.iter().filter(|field| field.is_required) {
            connection.need(field.name)?;
        }
        let Some(first) = numbers.first() else { return Ok(Part::default()) };
        let only = |events| Heard { numbers: vec![first.clone()], events };
        let heard = match self.who.way {
            Way::Coordinadora => self.coordinadora(connection, numbers).await?,
            Way::Servientrega => {
                let url = format!("{}/ConsultarGuiaExterno?NumeroGuia={first}", self.base(connection)?);
                only(read_servientrega(first, &self.ask(connection, self.http.client().get(url)).await?)?)
            }
            Way::Interrapidisimo => self.interrapidisimo(connection, numbers).await?,
            Way::Envia => {
                let url = format!("{}/ConsultaEstadoGuia/{first}", self.base(connection)?);
                only(read_envia(first, &self.ask(connection, self.http.client().get(url)).await?)?)
            }
            Way::Tcc => self.tcc(connection, numbers).await?,
            Way::SeventeenTrack => return self.ask_17track(connection, numbers).await,
            Way::AfterShip => return self.ask_aftership(connection, numbers).await,
        };
        Ok(Part::of(numbers, heard))
    }

    async fn coordinadora(
        &self,
        connection: &Connection,
        numbers: &[TrackingNumber],
    ) -> Result<Heard, TrackError> {
        let (user, password) = (connection.need("usuario")?, connection.need("clave")?);
        let hash = hex(&Sha256::digest(password));
        let base = self.base(connection)?;
        let request = self
            .http
            .client()
            .post(base)
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", format!("\"{base}#Guias_rastreoExtendido\""))
            .body(coordinadora_guides::question(base, user, &hash, numbers));
        let answer = self.exchange(connection, request).await?;
        // It explains what it refuses whatever the status.
        read_coordinadora_guides(&answer.body)
    }

    async fn interrapidisimo(
        &self,
        connection: &Connection,
        numbers: &[TrackingNumber],
    ) -> Result<Heard, TrackError> {
        let url = format!("{}/ClientesCredito/ConsultarEstadosGuiasCliente", self.base(connection)?);
        let body = json!({
            "IdCliente": as_number(connection.need("id_cliente")?),
            "numeroGuias": numbers.iter().map(|number| as_number(number.as_str())).collect::<Vec<_>>(),
        });
        let request = self
            .http
            .client()
            .post(url)
            .header("x-app-signature", connection.need("app_signature")?)
            .header("x-app-security_token", connection.need("security_token")?)
            .json(&body);
        read_interrapidisimo(&self.ask(connection, request).await?)
    }

    async fn tcc(&self, connection: &Connection, numbers: &[TrackingNumber]) -> Result<Heard, TrackError> {
        let url = format!("{}/api/clientes/remesas/consultarestatusremesasv3", self.base(connection)?);
        let parcels: Vec<_> = numbers.iter().map(|number| json!({ "numeroremesa": number })).collect();
        let request = self
            .http
            .client()
            .post(url)
            .header("AccessToken", connection.need("access_token")?)
            .json(&json!({ "remesas": parcels }));
        read_tcc(&self.ask(connection, request).await?)
    }

    fn seventeen_track(
        &self,
        connection: &Connection,
        what: &str,
    ) -> Result<reqwest::RequestBuilder, TrackError> {
        let url = format!("{}/track/v2.4/{what}", self.base(connection)?);
        let key = connection.need("key")?;
        Ok(self.http.client().post(url).header("17token", key).header("Content-Type", "application/json"))
    }

    async fn ask_17track(
        &self,
        connection: &Connection,
        numbers: &[TrackingNumber],
    ) -> Result<Part, TrackError> {
        let list = |numbers: &[TrackingNumber]| {
            json!(numbers.iter().map(|number| json!({ "number": number })).collect::<Vec<_>>()).to_string()
        };
        let request = self.seventeen_track(connection, "gettrackinfo")?.body(list(numbers));
        let told = seventeen_track::read_17track_answer(&self.ask(connection, request).await?)?;
        let nothing_said = told.answered.is_empty() && told.unregistered.is_empty();
        if nothing_said {
            return Err(TrackError::Throttled(Some(3_600)));
        }
        let mut part = Part::of(numbers, Heard { numbers: told.answered, events: told.events });
        // News come with a later question, or by themselves; what the quota was too small for is tried again then.
        part.unclear.clear();
        let unregistered: Vec<_> =
            told.unregistered.into_iter().filter(|number| numbers.contains(number)).collect();
        if unregistered.is_empty() {
            return Ok(part);
        }
        let request = self.seventeen_track(connection, "register")?.body(list(&unregistered));
        let registered = self.ask(connection, request).await;
        match registered.and_then(|body| seventeen_track::read_17track_registration(&body)) {
            Ok(refused) => part.answered.extend(refused.into_iter().filter(|it| unregistered.contains(it))),
            // What was answered before counts.
            Err(error) => part.error = Some(error),
        }
        Ok(part)
    }

    fn aftership(&self, connection: &Connection, query: &str) -> Result<reqwest::RequestBuilder, TrackError> {
        let url = format!("{}/tracking/2026-07/trackings?{query}", self.base(connection)?);
        Ok(self.http.client().get(url).header("as-api-key", connection.need("api_key")?))
    }

    async fn ask_aftership(
        &self,
        connection: &Connection,
        numbers: &[TrackingNumber],
    ) -> Result<Part, TrackError> {
        let wanted = numbers.iter().map(TrackingNumber::as_str).collect::<Vec<_>>().join(",");
        let request = self.aftership(connection, &format!("tracking_numbers={wanted}"))?;
        let (found, events) = aftership::read_aftership_list(&self.ask(connection, request).await?)?;
        let mut part = Part::of(numbers, Heard { numbers: found, events });
        let url = format!("{}/tracking/2026-07/trackings", self.base(connection)?);
        let began = Instant::now();
        // What is followed from now on has news at a later question.
        for number in std::mem::take(&mut part.unclear) {
            if began.elapsed() > self.http.patience() {
                break;
            }
            let key = connection.need("api_key")?;
            let body = json!({ "tracking_number": number });
            let request = self.http.client().post(&url).header("as-api-key", key).json(&body);
            let registered = self.exchange(connection, request).await;
            match registered.and_then(|answer| aftership::read_aftership_registration(&answer)) {
                Ok(true) => {}
                Ok(false) => part.answered.push(number),
                Err(error) => {
                    // What was answered before counts.
                    part.error = Some(error);
                    return Ok(part);
                }
            }
        }
        Ok(part)
    }
}

/// A JSON number where the text is one in its usual form.
fn as_number(text: &str) -> serde_json::Value {
    let number = text.parse::<u64>().ok().filter(|number| number.to_string() == text);
    number.map_or_else(|| json!(text), |number| json!(number))
}

#[cfg(test)]
mod tests {
    use domain::{Ids, SeededIds, TenantId};
    use ports::webhooks::{SenderBy, WebhookSource};

    use super::*;
    use crate::{Bounds, CarrierWebhooks};

    fn asked(code: &str) -> Asked {
        let who = WHO.iter().find(|who| who.code == code).unwrap();
        Asked { who, http: Arc::new(Http::new(Bounds::default(), false).unwrap()) }
    }

    fn connection(seed: u64, address: Option<&str>) -> Connection {
        Connection {
            tenant: TenantId::from(SeededIds::new(seed).next()),
            revision: format!("{seed}.1"),
            address: address.map(str::to_owned),
            credentials: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn who_cannot_tell_organisations_apart_is_asked_in_one_pace() {
        let (ours, theirs) = (connection(1, None), connection(2, None));
        for code in ["servientrega", "envia"] {
            let asked = asked(code);
            assert_eq!(asked.gate(&ours), asked.gate(&theirs), "{code}");
            let own = Some("https://a.co");
            assert_ne!(asked.gate(&connection(1, own)), asked.gate(&connection(2, own)), "{code}");
            let usual = connection(1, asked.who.usual_address);
            assert_eq!(asked.gate(&usual), asked.gate(&theirs), "{code}: it is the same service");
        }
        assert_ne!(asked("tcc").gate(&ours), asked("tcc").gate(&theirs));
        assert_ne!(asked("envia").gate(&ours), asked("servientrega").gate(&ours));
    }

    #[test]
    fn a_stored_address_may_have_become_one_that_is_not_asked() {
        let envia = asked("envia");
        for (address, expected) in [
            (Some("http://127.0.0.1:9000"), Err(TrackError::NotConnected("address"))),
            (Some("https://a.co"), Ok("https://a.co")),
            (None, Ok(envia.who.usual_address.unwrap())),
        ] {
            assert_eq!(envia.base(&connection(1, address)), expected, "{address:?}");
        }
    }

    #[test]
    fn who_signs_is_told_alike() {
        for source in CarrierWebhooks::ALL {
            let expected = match source.sender_by() {
                SenderBy::Path(Some(field)) => Pushes::Signed(field),
                SenderBy::Path(None) => Pushes::Unsigned,
                SenderBy::Domain => Pushes::Never,
            };
            assert_eq!(asked(source.name()).who.pushes, expected, "{source:?}");
        }
    }
}
