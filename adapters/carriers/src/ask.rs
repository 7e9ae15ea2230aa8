//! Asking carriers and aggregators: each one's question, one way to ask all of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use domain::TrackingNumber;
use ports::carriers::{CarrierEvent, Connection, CredentialField, FollowsParcels, TrackError, Tracked};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::http::Http;
use crate::{
    aftership, coordinadora_guides, read_coordinadora_guides, read_envia, read_interrapidisimo,
    read_servientrega, read_tcc, seventeen_track,
};

/// Parcels whose answers cannot be used, one after the other, after which asking ends.
const MAX_ODD: u32 = 5;
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
    pushes: bool,
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
        pushes: true,
        per_question: 20,
        pace: 500,
    },
    Who {
        way: Way::Servientrega,
        code: "servientrega",
        name: "Servientrega",
        fields: &[],
        usual_address: Some("https://wssismilenio.servientrega.com/wsrastreoenvios/wsrastreoenvios.asmx"),
        pushes: false,
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
        pushes: false,
        per_question: 20,
        pace: 500,
    },
    Who {
        way: Way::Envia,
        code: "envia",
        name: "Envía",
        fields: &[],
        usual_address: Some("https://hub.envia.co/ServicioRestConsultaEstados/Service1Consulta.svc"),
        pushes: false,
        per_question: 1,
        pace: 500,
    },
    Who {
        way: Way::Tcc,
        code: "tcc",
        name: "TCC",
        fields: &[field("access_token", true, true)],
        usual_address: Some("https://somos.tcc.com.co"),
        pushes: false,
        per_question: 20,
        pace: 500,
    },
    Who {
        way: Way::SeventeenTrack,
        code: "17track",
        name: "17TRACK",
        fields: &[field("key", true, true)],
        usual_address: Some("https://api.17track.net"),
        pushes: true,
        per_question: 40,
        pace: 350,
    },
    Who {
        way: Way::AfterShip,
        code: "aftership",
        name: "AfterShip",
        fields: &[field("api_key", true, true), field("webhook_secret", true, false)],
        usual_address: Some("https://api.aftership.com"),
        pushes: true,
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

/// What one question brought.
struct Part {
    events: Vec<CarrierEvent>,
    answered: Vec<TrackingNumber>,
}

impl Part {
    /// An answer that covers all that were asked about.
    fn about(numbers: &[TrackingNumber], events: Vec<CarrierEvent>) -> Self {
        Self { events, answered: numbers.to_vec() }
    }
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

    fn pushes(&self) -> bool {
        self.who.pushes
    }

    fn at_once(&self) -> usize {
        self.who.per_question.max(20)
    }

    async fn track(&self, connection: &Connection, numbers: &[TrackingNumber]) -> Tracked {
        let (mut tracked, mut odd) = (Tracked::default(), 0);
        let began = Instant::now();
        for some in numbers.chunks(self.who.per_question) {
            if began.elapsed() > self.http.patience() {
                break;
            }
            match self.question(connection, some).await {
                Ok(part) => {
                    odd = 0;
                    tracked.events.extend(part.events);
                    tracked.answered.extend(part.answered);
                }
                Err(error) => {
                    odd += 1;
                    let is_of_these = matches!(error, TrackError::Malformed(_) | TrackError::Refused(_));
                    tracked.error = Some(error);
                    if !is_of_these || odd == MAX_ODD {
                        return tracked;
                    }
                }
            }
        }
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
                match self.question(connection, &[number]).await {
                    // It answered in its own form that it knows nothing of the parcel.
                    Ok(_) | Err(TrackError::Malformed("no_state" | "estado")) => Ok(()),
                    Err(error) => Err(error),
                }
            }
        }
    }
}

impl Asked {
    fn base<'a>(&'a self, connection: &'a Connection) -> Result<&'a str, TrackError> {
        let own = connection.address.as_deref();
        own.or(self.who.usual_address).ok_or(TrackError::NotConnected("address"))
    }

    async fn ask(
        &self,
        connection: &Connection,
        request: reqwest::RequestBuilder,
    ) -> Result<Vec<u8>, TrackError> {
        let pace = Duration::from_millis(self.who.pace);
        self.http.ask((connection.tenant, self.who.code), pace, request).await?.ok()
    }

    async fn question(
        &self,
        connection: &Connection,
        numbers: &[TrackingNumber],
    ) -> Result<Part, TrackError> {
        for field in self.who.fields.iter().filter(|field| field.is_required) {
            connection.need(field.name)?;
        }
        let Some(first) = numbers.first() else { return Ok(Part::about(&[], Vec::new())) };
        let events = match self.who.way {
            Way::Coordinadora => self.coordinadora(connection, numbers).await?,
            Way::Servientrega => {
                let url = format!("{}/ConsultarGuiaExterno?NumeroGuia={first}", self.base(connection)?);
                read_servientrega(first, &self.ask(connection, self.http.client().get(url)).await?)?
            }
            Way::Interrapidisimo => self.interrapidisimo(connection, numbers).await?,
            Way::Envia => {
                let url = format!("{}/ConsultaEstadoGuia/{first}", self.base(connection)?);
                read_envia(first, &self.ask(connection, self.http.client().get(url)).await?)?
            }
            Way::Tcc => self.tcc(connection, numbers).await?,
            Way::SeventeenTrack => return self.ask_17track(connection, numbers).await,
            Way::AfterShip => return self.ask_aftership(connection, numbers).await,
        };
        Ok(Part::about(numbers, events))
    }

    async fn coordinadora(
        &self,
        connection: &Connection,
        numbers: &[TrackingNumber],
    ) -> Result<Vec<CarrierEvent>, TrackError> {
        let (user, password) = (connection.need("usuario")?, connection.need("clave")?);
        let hash: String =
            Sha256::digest(password).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let base = self.base(connection)?;
        let request = self
            .http
            .client()
            .post(base)
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", format!("\"{base}#Guias_rastreoExtendido\""))
            .body(coordinadora_guides::question(base, user, &hash, numbers));
        let pair = (connection.tenant, self.who.code);
        let answer = self.http.ask(pair, Duration::from_millis(self.who.pace), request).await?;
        // It explains what it refuses whatever the status.
        read_coordinadora_guides(&answer.body)
    }

    async fn interrapidisimo(
        &self,
        connection: &Connection,
        numbers: &[TrackingNumber],
    ) -> Result<Vec<CarrierEvent>, TrackError> {
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

    async fn tcc(
        &self,
        connection: &Connection,
        numbers: &[TrackingNumber],
    ) -> Result<Vec<CarrierEvent>, TrackError> {
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
        if !told.unregistered.is_empty() {
            // News come with a later question, or by themselves. What cannot be registered is tried again then.
            let request = self.seventeen_track(connection, "register")?.body(list(&told.unregistered));
            seventeen_track::read_17track_answer(&self.ask(connection, request).await?)?;
        }
        let nothing_said = told.answered.is_empty() && told.unregistered.is_empty();
        if nothing_said {
            return Err(TrackError::Throttled(Some(3_600)));
        }
        Ok(Part { events: told.events, answered: told.answered })
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
        let url = format!("{}/tracking/2026-07/trackings", self.base(connection)?);
        let began = Instant::now();
        for number in numbers.iter().filter(|number| !found.contains(number)) {
            if began.elapsed() > self.http.patience() {
                break;
            }
            let key = connection.need("api_key")?;
            let body = json!({ "tracking_number": number });
            let request = self.http.client().post(&url).header("as-api-key", key).json(&body);
            match self.ask(connection, request).await {
                // Followed from now on; followed already, or a number that it cannot follow.
                Ok(_) | Err(TrackError::Refused(_)) => {}
                Err(error) => {
                    return if found.is_empty() { Err(error) } else { Ok(Part { events, answered: found }) };
                }
            }
        }
        Ok(Part { events, answered: found })
    }
}

/// A JSON number where the text is one in its usual form.
fn as_number(text: &str) -> serde_json::Value {
    let number = text.parse::<u64>().ok().filter(|number| number.to_string() == text);
    number.map_or_else(|| json!(text), |number| json!(number))
}
