//! The real binary as a process of the test's own: its folder, its port, its database.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use database::{DatabaseUrl, Db, Engine};
use reqwest::{Client, Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;
use testkit::TestDb;

const BINARY: &str = env!("CARGO_BIN_EXE_litper");

/// A server with one tenant, `demo`, and a key that may do everything an API client may.
pub(crate) struct Server {
    test: TestDb,
    port: u16,
    child: Option<Child>,
    settings: Vec<(&'static str, &'static str)>,
    pub(crate) client: Client,
    pub(crate) key: String,
}

impl Server {
    pub(crate) async fn on(engine: Engine) -> Self {
        Self::set_up(engine, &[]).await
    }

    /// One on SQLite with settings of its own.
    pub(crate) async fn with(settings: &[(&'static str, &'static str)]) -> Self {
        Self::set_up(Engine::Sqlite, settings).await
    }

    async fn set_up(engine: Engine, settings: &[(&'static str, &'static str)]) -> Self {
        let test = TestDb::on(engine).await;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (client, settings) = (Client::new(), settings.to_vec());
        let mut server = Self { test, port, child: None, settings, client, key: String::new() };
        server.run(&["tenant", "create", "--slug", "demo", "--name", "Demo"]);
        let made = server.run(&["api-key", "create", "--tenant", "demo", "--scope", "*", "--json"]);
        server.key = made["key"].as_str().unwrap().to_owned();
        server.start().await;
        server
    }

    /// Runs a command of the binary to its end and reads its JSON.
    pub(crate) fn run(&self, arguments: &[&str]) -> Value {
        let output = self.try_run(arguments, "");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }

    pub(crate) fn try_run(&self, arguments: &[&str], input: &str) -> Output {
        use std::io::Write;
        let mut child = self
            .command()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    pub(crate) async fn start(&mut self) {
        self.start_as("gateway,worker").await;
    }

    /// Starts the server with some of its roles.
    pub(crate) async fn start_as(&mut self, roles: &str) {
        self.start_under(&[], roles).await;
    }

    /// The same, run by a tool, which leaves it our child.
    pub(crate) async fn start_under(&mut self, tool: &[&str], roles: &str) {
        let log = std::fs::File::create(self.test.folder.path().join("serve.log")).unwrap();
        let mut command = match tool {
            [] => self.command(),
            [program, arguments @ ..] => {
                let mut command = Command::new(program);
                command.args(arguments).arg(BINARY);
                self.with_environment(command)
            }
        };
        let child =
            command.args(["serve", "--role", roles]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        self.child = Some(child);
        let answers = || async {
            let answer = self.client.get(self.url("/health/ready")).send().await;
            answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
        };
        wait_until("the server is ready", answers).await;
    }

    /// Starts the server and tells it where to die. What is left to do may kill it before it is ready.
    pub(crate) async fn start_to_die(&mut self, place: &str) {
        let log = std::fs::File::create(self.test.folder.path().join("serve.log")).unwrap();
        let mut command = self.command();
        command.args(["serve", "--role", "gateway,worker"]).env("LITPER_FAULT", place);
        self.child = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let url = self.url("/health/ready");
        let (child, client) = (self.child.as_mut().unwrap(), &self.client);
        let mut ended = || child.try_wait().unwrap().is_some();
        let ready = || {
            let (ended, answer) = (ended(), client.get(&url).send());
            async move { ended || answer.await.is_ok_and(|answer| answer.status() == StatusCode::OK) }
        };
        wait_until("the server is ready, or dead already", ready).await;
    }

    /// Waits until the server has ended by itself.
    pub(crate) async fn wait_for_death(&mut self) {
        let mut child = self.child.take().expect("a running server");
        let dead = || {
            let ended = child.try_wait().unwrap().is_some();
            async move { ended }
        };
        wait_until("the server dies", dead).await;
    }

    /// Ends the server at once, as a power cut would.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().expect("a running server");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Asks the server to stop, as a supervisor does, and waits until it has.
    pub(crate) fn stop(&mut self) {
        let mut child = self.child.take().expect("a running server");
        assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
        assert!(child.wait().unwrap().success());
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().expect("a running server").id()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.test.folder.path().join("serve.log")).unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.client.get(self.url(path)).bearer_auth(&self.key).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    /// The answer's text.
    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self.client.get(self.url(path)).bearer_auth(&self.key).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    /// Sends a body, if it is not null; the answer's body is null where it has none.
    pub(crate) async fn send(&self, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let mut request = self.client.request(method.parse().unwrap(), self.url(path)).bearer_auth(&self.key);
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    pub(crate) async fn upload(&self, name: &str, content: Vec<u8>) -> Response {
        self.upload_to("/v1/imports", name, content).await
    }

    pub(crate) async fn upload_to(&self, path: &str, name: &str, content: Vec<u8>) -> Response {
        let part = reqwest::multipart::Part::bytes(content).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = self.client.post(self.url(path)).bearer_auth(&self.key).multipart(form);
        request.send().await.unwrap()
    }

    /// Uploads a file and waits until its import ends or waits for somebody.
    pub(crate) async fn import(&self, name: &str, content: Vec<u8>) -> Value {
        let answer = self.upload(name, content).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let id = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        self.finished(&id).await
    }

    pub(crate) async fn finished(&self, id: &str) -> Value {
        let path = format!("/v1/imports/{id}");
        let ended = || async {
            let status = self.get(&path).await["status"].clone();
            ["completed", "partial", "failed", "held"].iter().any(|end| status == *end)
        };
        wait_until("the import ends", ended).await;
        self.get(&path).await
    }

    /// A command of the binary with this server's settings.
    pub(crate) fn command(&self) -> Command {
        self.with_environment(Command::new(BINARY))
    }

    fn with_environment(&self, mut command: Command) -> Command {
        let url = match &self.test.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.expose_secret().to_owned(),
        };
        command
            .current_dir(self.test.folder.path())
            .env("LITPER_DATA_DIR", self.test.folder.path())
            .env("LITPER_DATABASE", url)
            .env("LITPER_DATABASE_CONNECTIONS", "6")
            .env("LITPER_CARRIERS_ON_THIS_MACHINE", "true")
            .env("LITPER_MASTER_KEY", &self.test.master_key)
            // One client asks as often as it can.
            .env("LITPER_RATE_LIMITS", "false")
            .env("LITPER_LISTEN", format!("127.0.0.1:{}", self.port))
            .envs(self.settings.iter().copied());
        command
    }

    /// The server's database, opened beside it.
    pub(crate) fn db(&self) -> &Db {
        &self.test.db
    }

    pub(crate) fn folder(&self) -> &Path {
        self.test.folder.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Asks until the answer is yes; a minute is the end of patience.
pub(crate) async fn wait_until<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    let patience = tokio::time::timeout(Duration::from_mins(1), async {
        while !ask().await {
            // The other side is a process of its own: there is nothing to be woken by.
            tokio::task::spawn_blocking(|| std::thread::park_timeout(Duration::from_millis(10)))
                .await
                .unwrap();
        }
    });
    patience.await.unwrap_or_else(|_| panic!("waited for a minute: {what}"));
}
