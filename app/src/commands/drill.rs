//! `litper drill`: a server dies in the middle of its work and comes back, and a backup is restored, all in a folder
//! and, on PostgreSQL, in databases of the drill's own. Measures how long each takes and what is lost.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use database::{DatabaseUrl, Db, MasterKey, Scope};
use domain::{Country, RandomIds, SystemClock, TenantId};
use orders::OrderSource;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use simulator::Request;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::loopback::exchange;
use super::{backup, output, serve};
use crate::cli::DrillArgs;
use crate::{Config, Platform};

/// Seals what is invented where no backup is given: no secret.
const INVENTED_KEY: &str = "c2ltdWxhdGVkIGtleSwgbm90IGEgc2VjcmV0ICEhISE=";
/// Connections that send at once.
const SENDERS: usize = 16;
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(5);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// What the drill works with: a folder of its own and a port.
struct Stage {
    folder: PathBuf,
    port: u16,
    database: DatabaseUrl,
    /// Where there is none, the environment's or the folder's own key holds.
    key: Option<&'static str>,
}

/// Another process of this program, which is ended with the drill.
struct Process(Child);

impl Process {
    /// Waits until it ends by itself.
    async fn end(&mut self) -> anyhow::Result<ExitStatus> {
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            pause().await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a command of this program said.
struct Said {
    status: ExitStatus,
    out: String,
    error: String,
}

/// What was measured.
struct Figures {
    acknowledged: usize,
    lost: usize,
    verdict: Verdict,
    start: Duration,
    restart: Duration,
    restored: Restored,
}

/// What `verify` found after the kill.
struct Verdict {
    sound: bool,
    broken: Vec<Value>,
}

/// What a restored backup showed.
struct Restored {
    backup: Duration,
    restore: Duration,
    start: Duration,
    lost: usize,
}

/// Kills, restarts, restores, and prints the figures. Told to stop, it takes its processes and its folder with it.
pub(crate) async fn run(config: &Config, args: DrillArgs, json: bool) -> anyhow::Result<()> {
    let ground = Ground::take(config).await?;
    let outcome = tokio::select! {
        outcome = drill(config, &ground, args, json) => outcome,
        () = serve::shutdown_signal() => Err(anyhow!("the drill was broken off; its folder is removed")),
    };
    ground.give_back().await?;
    outcome
}

/// Where the drill's databases are: files in its folder, or two databases beside the one that the settings name, which
/// itself is left alone.
struct Ground {
    beside: Option<(Db, DatabaseUrl)>,
    names: [String; 2],
}

impl Ground {
    async fn take(config: &Config) -> anyhow::Result<Self> {
        let names = [backup::name_for("drill"), backup::name_for("drill")];
        let url = match &config.database {
            DatabaseUrl::Sqlite(_) => return Ok(Self { beside: None, names }),
            DatabaseUrl::Postgres(_) => config.database.clone(),
        };
        // Only databases are made and dropped: no key is needed for that.
        let key = MasterKey::from_base64(&INVENTED_KEY.to_owned().into())?;
        let db = Db::connect(&url, config.database_options, key).await?;
        let ground = Self { beside: Some((db, url)), names };
        if let Some((db, _)) = &ground.beside {
            for name in &ground.names {
                if !db.make_beside(name).await? {
                    bail!(
                        "a drill on PostgreSQL needs a login that may create databases: alter role … createdb"
                    );
                }
            }
        }
        Ok(ground)
    }

    /// The database of the first or the second stage.
    fn database(&self, stage: usize, folder: &Path) -> DatabaseUrl {
        match &self.beside {
            Some((_, url)) => url.beside(&self.names[stage]),
            None => DatabaseUrl::Sqlite(folder.join("litper.db")),
        }
    }

    async fn give_back(self) -> anyhow::Result<()> {
        if let Some((db, _)) = &self.beside {
            for name in &self.names {
                db.drop_beside(name).await?;
            }
        }
        Ok(())
    }
}

async fn drill(config: &Config, ground: &Ground, args: DrillArgs, json: bool) -> anyhow::Result<()> {
    let root = tempfile::Builder::new().prefix("litper-drill-").tempdir()?;
    // What waited when the backup was made is not late by the time it is tried.
    let as_of = args.from.as_deref().map(backup::made_at).transpose()?;
    let stage = prepare(config, ground, root.path(), args.from.as_deref()).await?;
    let (platform, tenant) = stage.open().await?;
    let messages = args.messages;
    let requests = tokio::task::spawn_blocking(move || simulator::first_messages(1, messages)).await?;
    let (server, start) = stage.serve().await?;
    let acknowledged = load_and_kill(&stage, server, requests).await?;
    let (server, restart) = stage.serve().await?;
    let lost = wait_for_orders(&platform, tenant, &acknowledged).await?;
    drop(server);
    platform.db.close().await;
    let verdict = stage.verify(as_of.as_deref()).await?;
    let restored = back_up_and_restore(&stage, ground, root.path(), tenant, &acknowledged).await?;
    let figures = Figures { acknowledged: acknowledged.len(), lost, verdict, start, restart, restored };
    report(&figures, json)?;
    if figures.lost + figures.restored.lost > 0 || !figures.verdict.sound {
        bail!("the drill failed: acknowledged work was lost, or the database is not sound");
    }
    Ok(())
}

async fn back_up_and_restore(
    stage: &Stage,
    ground: &Ground,
    root: &Path,
    tenant: TenantId,
    acknowledged: &[String],
) -> anyhow::Result<Restored> {
    let backup = root.join("backup");
    let began = Instant::now();
    stage.run(&["backup", "--to", text(&backup)?]).await?;
    let backed_up = began.elapsed();
    let folder = root.join("restored");
    let database = ground.database(1, &folder);
    let elsewhere = Stage { folder, port: free_port()?, database, key: stage.key };
    elsewhere.take_key(&stage.folder)?;
    let began = Instant::now();
    elsewhere.run(&["restore", "--from", text(&backup)?]).await?;
    let restore = began.elapsed();
    let (server, start) = elsewhere.serve().await?;
    drop(server);
    let platform = elsewhere.connect().await?;
    let lost = unknown(&platform, tenant, acknowledged).await?;
    platform.db.close().await;
    Ok(Restored { backup: backed_up, restore, start, lost })
}

fn report(figures: &Figures, json: bool) -> anyhow::Result<()> {
    let Figures { acknowledged, lost, verdict, start, restart, restored } = figures;
    let [start, restart, backup, restore, ready] =
        [*start, *restart, restored.backup, restored.restore, restored.start].map(millis);
    let object = json!({
        "acknowledged": acknowledged,
        "lost": lost,
        "sound_after_kill": verdict.sound,
        "broken_after_kill": verdict.broken,
        "start_ms": start,
        "restart_ms": restart,
        "backup_ms": backup,
        "restore_ms": restore,
        "restored_start_ms": ready,
        "lost_in_restored": restored.lost,
    });
    let state = if verdict.sound { "sound" } else { "NOT SOUND" };
    let mut sentence = format!(
        "killed with {acknowledged} deliveries acknowledged: {lost} lost, the database is {state}\n\
         ready after the kill in {restart} ms (the first start took {start} ms)\n\
         backup in {backup} ms, restore in {restore} ms, ready {ready} ms later, {} lost",
        restored.lost
    );
    for broken in &verdict.broken {
        write!(sentence, "\nbroken: {broken}")?;
    }
    output::done(json, &sentence, &object)
}

fn millis(time: Duration) -> u64 {
    time.as_millis() as u64
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the temporary folder has a name that is no text")
}

/// What was written to a file from its beginning.
fn written(file: &mut File) -> anyhow::Result<String> {
    let mut text = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A folder with data: a backup's, or a demonstration's.
async fn prepare(
    config: &Config,
    ground: &Ground,
    root: &Path,
    from: Option<&Path>,
) -> anyhow::Result<Stage> {
    let folder = root.join("data");
    let (port, database) = (free_port()?, ground.database(0, &folder));
    if let Some(backup) = from {
        let stage = Stage { folder, port, database, key: None };
        stage.take_key(&config.data_dir)?;
        let backup = backup.canonicalize().with_context(|| backup.display().to_string())?;
        stage.run(&["restore", "--from", text(&backup)?]).await?;
        return Ok(stage);
    }
    let stage = Stage { folder, port, database, key: Some(INVENTED_KEY) };
    std::fs::create_dir_all(&stage.folder)?;
    stage.run(&["migrate"]).await?;
    stage.run(&["demo"]).await?;
    Ok(stage)
}

impl Stage {
    /// Takes the master key's file along, if there is one.
    fn take_key(&self, from: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let secrets = from.join("secrets.toml");
        if secrets.exists() {
            std::fs::copy(&secrets, self.folder.join("secrets.toml"))?;
        }
        Ok(())
    }

    fn command(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .current_dir(&self.folder)
            .env("LITPER_DATA_DIR", &self.folder)
            .env("LITPER_DATABASE", self.database_setting())
            .env("LITPER_FILES", format!("file:{}", self.folder.join("files").display()))
            .env("LITPER_LISTEN", self.address().to_string())
            // A copy has the credentials of what it was copied from: it calls nobody.
            .env("LITPER_ASK_CARRIERS", "false")
            // One client asks as often as it can.
            .env("LITPER_RATE_LIMITS", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(key) = self.key {
            command.env("LITPER_MASTER_KEY", key);
        }
        Ok(command)
    }

    fn database_setting(&self) -> String {
        match &self.database {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.expose_secret().to_owned(),
        }
    }

    fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Runs a command of this program to its end.
    async fn run(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let said = self.listen_to(arguments).await?;
        if !said.status.success() {
            bail!("litper {}: {}", arguments.join(" "), said.error.trim());
        }
        Ok(())
    }

    /// Runs a command of this program to its end, however it ends.
    async fn listen_to(&self, arguments: &[&str]) -> anyhow::Result<Said> {
        let (mut out, mut error) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut command = self.command()?;
        command.args(arguments).stdout(out.try_clone()?).stderr(error.try_clone()?);
        let status = Process(command.spawn()?).end().await?;
        Ok(Said { status, out: written(&mut out)?, error: written(&mut error)? })
    }

    /// Whether the data is sound, as of a moment if one is given, and what is broken.
    async fn verify(&self, as_of: Option<&str>) -> anyhow::Result<Verdict> {
        let mut arguments = vec!["verify", "--json"];
        arguments.extend(as_of.into_iter().flat_map(|as_of| ["--as-of", as_of]));
        let said = self.listen_to(&arguments).await?;
        let Ok(found) = serde_json::from_str::<Value>(&said.out) else {
            bail!("litper verify: {}", said.error.trim());
        };
        let broken = found["broken"].as_array().cloned().unwrap_or_default();
        Ok(Verdict { sound: said.status.success(), broken })
    }

    /// Starts a server and waits until it is ready; answers how long that took.
    async fn serve(&self) -> anyhow::Result<(Process, Duration)> {
        let began = Instant::now();
        let mut command = self.command()?;
        // Both roles, whatever the settings around say.
        command.args(["serve", "--role", "gateway,worker"]).stderr(Stdio::null());
        let mut server = Process(command.spawn()?);
        loop {
            if let Some(status) = server.0.try_wait()? {
                bail!("the server ended by itself: {status}");
            }
            if matches!(exchange(self.address(), "GET", "/health/ready", &[], &[]).await, Ok(200)) {
                return Ok((server, began.elapsed()));
            }
            if began.elapsed() > PATIENCE {
                bail!("the server was not ready within five minutes");
            }
            pause().await;
        }
    }

    fn config(&self) -> anyhow::Result<Config> {
        Ok(Config {
            data_dir: self.folder.clone(),
            listen: self.address(),
            roles: "gateway,worker".parse().map_err(|error: &str| anyhow::anyhow!(error))?,
            public_url: String::new(),
            database: self.database.clone(),
            database_options: database::Options::default(),
            files: self.folder.join("files"),
            log: String::new(),
            log_format: telemetry::LogFormat::Plain,
            ask_carriers: false,
            carriers_on_this_machine: false,
            entrance: Arc::default(),
        })
    }

    async fn connect(&self) -> anyhow::Result<Platform> {
        let config = self.config()?;
        let master = match self.key {
            Some(key) => MasterKey::from_base64(&key.to_owned().into())?,
            None => config.master_key()?,
        };
        let clock = Arc::new(SystemClock);
        let ids = Arc::new(RandomIds::new(Arc::new(SystemClock)));
        Platform::build(&config, master, clock, ids).await
    }

    /// The data with an organisation of the drill's own, whose shops will send.
    async fn open(&self) -> anyhow::Result<(Platform, TenantId)> {
        let platform = self.connect().await?;
        let tenant = platform.identity.create_tenant("simulacro", "Simulacro", Country::Co, true).await?.id;
        for shop in simulator::shops() {
            platform.webhooks.register_shop(tenant, "shopify", &shop.domain, &shop.secret.into()).await?;
        }
        Ok((platform, tenant))
    }
}

/// Sends until half of the messages are acknowledged, kills the server while the others are on their way, and
/// answers the references of what was acknowledged.
async fn load_and_kill(
    stage: &Stage,
    mut server: Process,
    requests: Vec<Request>,
) -> anyhow::Result<Vec<String>> {
    let enough = requests.len() / 2;
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let address = stage.address();
    // They end with the drill.
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let (requests, next, acknowledged) =
            (Arc::clone(&requests), Arc::clone(&next), Arc::clone(&acknowledged));
        senders.spawn(async move {
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let sent = exchange(address, "POST", "/webhooks/shopify", &request.headers, &request.body);
                match sent.await {
                    Ok(200) => acknowledged.lock().await.push(request.reference()),
                    Ok(_) => {}
                    // The server is dead.
                    Err(_) => return,
                }
            }
        });
    }
    let began = Instant::now();
    let mut sending = SENDERS;
    while acknowledged.lock().await.len() < enough {
        while let Some(ended) = senders.try_join_next() {
            ended?;
            sending -= 1;
        }
        if began.elapsed() > PATIENCE || sending == 0 {
            bail!("the server did not take the messages");
        }
        pause().await;
    }
    server.0.kill()?;
    server.0.wait()?;
    while let Some(ended) = senders.join_next().await {
        ended?;
    }
    let acknowledged = acknowledged.lock().await.clone();
    Ok(acknowledged)
}

/// Waits until every reference is an order, ten seconds after the last one came at most; answers how many are not.
async fn wait_for_orders(
    platform: &Platform,
    tenant: TenantId,
    references: &[String],
) -> anyhow::Result<usize> {
    let (mut left, mut since) = (usize::MAX, Instant::now());
    while since.elapsed() < Duration::from_secs(10) {
        let now = unknown(platform, tenant, references).await?;
        if now == 0 {
            return Ok(0);
        }
        if now < left {
            (left, since) = (now, Instant::now());
        }
        pause().await;
    }
    Ok(left)
}

/// How many references are no order.
async fn unknown(platform: &Platform, tenant: TenantId, references: &[String]) -> anyhow::Result<usize> {
    let references: Vec<&str> = references.iter().map(String::as_str).collect();
    let mut tx = platform.db.read(Scope::Tenant(tenant)).await?;
    let unknown = platform.orders.unknown(&mut tx, OrderSource::Shopify, &references).await?;
    tx.commit().await?;
    Ok(unknown.len())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the other side is a process of its own: nothing wakes this one"
)]
async fn pause() {
    tokio::time::sleep(PAUSE).await;
}
