//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Cash-on-delivery logistics: what is happening with the shipments, and what to do now.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    /// Settings file (default: litper.toml, if there is one)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the embedded database, files and secrets
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the data folder with a new master key, and the database's tables
    Init,
    /// Bring the database's tables up to date
    Migrate,
    /// Run the server
    Serve {
        /// What this process does: gateway, worker, or gateway,worker (default: both)
        #[arg(long, value_name = "ROLES")]
        role: Option<String>,
    },
    /// Print the one-time link for the first administrator
    SetupLink(TenantArg),
    /// Organisations
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// People
    #[command(subcommand)]
    User(UserCommand),
    /// Keys for programs
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// Shops that send their orders
    #[command(subcommand)]
    Shop(ShopCommand),
    /// Load a file (.xlsx, .xlsm, .xls or .csv)
    ///
    /// Ends with 0 when every row was loaded, with 2 when some could not be used, with 1 when nothing was loaded. With
    /// --json the answer names each value that could not be used.
    Import(ImportArgs),
    /// Work that failed for good
    #[command(subcommand)]
    Tasks(TasksCommand),
    /// Facts that a reaction failed on
    #[command(subcommand)]
    Events(EventsCommand),
    /// Load an invented organisation to look around in, and write files to try an import with
    Demo(DemoArgs),
    /// Copy everything but the master key into a folder, beside a running server, and try the copy
    Backup {
        /// A folder that is new or empty
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Put a backup where the settings say
    Restore {
        /// The backup's folder
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// Replace what is there, which is lost
        #[arg(long)]
        replace: bool,
    },
    /// Check that what is stored is whole, without changing anything
    Verify {
        /// The moment as of which late work is judged, RFC 3339 (default: now); a copy's is when it was made
        #[arg(long, value_name = "MOMENT")]
        as_of: Option<String>,
    },
    /// Kill a server in the middle of its work and restore a backup, in a folder of its own, and measure both
    Drill(DrillArgs),
    /// Live through days of an invented world, and check every invariant at the end of each
    Sim(SimArgs),
    /// Check the settings and everything they name
    Doctor,
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Debug, Args)]
pub(crate) struct TenantArg {
    /// Short name of the organisation; may be left out if there is only one
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TenantCommand {
    /// Add an organisation
    Create {
        /// Short name: lower-case letters, digits and dashes
        #[arg(long)]
        slug: String,
        /// Name for people
        #[arg(long)]
        name: String,
        /// CO, EC, CL or MX
        #[arg(long, default_value = "CO")]
        country: String,
    },
    /// List the organisations
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person
    Create {
        #[command(flatten)]
        tenant: TenantArg,
        /// E-mail address: the log-in name
        #[arg(long)]
        email: String,
        /// Name for people
        #[arg(long)]
        name: String,
        /// admin, operator or viewer
        #[arg(long, default_value = "operator")]
        role: String,
        /// Read the password from standard input, up to the end of the line
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List the people
    List(TenantArg),
    /// Let a person log in no more, and end their sessions
    Disable(PersonArgs),
    /// Let a person log in again
    Enable(PersonArgs),
    /// Replace a person's password, and end their sessions
    SetPassword {
        #[command(flatten)]
        person: PersonArgs,
        /// Read the password from standard input, up to the end of the line
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PersonArgs {
    #[command(flatten)]
    pub(crate) tenant: TenantArg,
    /// E-mail address of the person
    #[arg(long)]
    pub(crate) email: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ApiKeyCommand {
    /// Make a key; it is printed once, as the last line
    Create {
        #[command(flatten)]
        tenant: TenantArg,
        /// What it is for
        #[arg(long, default_value = "cli")]
        name: String,
        /// What it is: api_client, viewer, operator, agent or admin; it may do at most what the role may
        #[arg(long, default_value = "api_client")]
        role: String,
        /// A permission of the role such as orders:read, * for all that the role has, or metrics:read; may be given again
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// A key for trying out, which never acts on the outside world
        #[arg(long)]
        test: bool,
        /// Days until it stops working; for ever if left out
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<u16>,
    },
    /// List the keys
    List(TenantArg),
    /// End a key
    Revoke {
        #[command(flatten)]
        tenant: TenantArg,
        /// The key's id, as listed
        #[arg(long)]
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TasksCommand {
    /// List tasks that were given up, the newest first, at most 200
    Dead {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Try tasks again that were given up
    Retry {
        #[command(flatten)]
        tenant: TenantArg,
        /// One task
        #[arg(long, value_name = "ID", conflicts_with = "kind", required_unless_present = "kind")]
        id: Option<String>,
        /// All of a kind
        #[arg(long)]
        kind: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// List events set aside, the newest first, at most 500
    Parked {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Have a reaction take in events again
    Replay {
        /// The reaction, as `events parked` and the logs name it
        #[arg(long, value_name = "NAME")]
        reaction: String,
        /// Those that were parked
        #[arg(long, conflicts_with = "from", required_unless_present = "from")]
        parked: bool,
        /// All after this position; 0 is the beginning
        #[arg(long, value_name = "POSITION")]
        from: Option<i64>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ShopCommand {
    /// Register a shop's domain, or give it a new secret; the secret is read from standard input
    Add {
        #[command(flatten)]
        tenant: TenantArg,
        /// The permanent domain, such as example.myshopify.com
        domain: String,
    },
    /// List the registered domains
    List(TenantArg),
    /// Give a domain up: its messages are refused from now on
    Remove {
        #[command(flatten)]
        tenant: TenantArg,
        /// The permanent domain
        domain: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    pub(crate) tenant: TenantArg,
    /// The file
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Short name of the demonstration organisation
    #[arg(long, value_name = "SLUG", default_value = "demo")]
    pub(crate) tenant: String,
    /// Folder for the files to try (default: samples in the data folder)
    #[arg(long, value_name = "DIR", conflicts_with = "remove")]
    pub(crate) samples: Option<PathBuf>,
    /// Remove the demonstration organisation with everything in it
    #[arg(long)]
    pub(crate) remove: bool,
    /// Go on beside a running server until Ctrl-C: shops send orders, parcels move
    #[arg(long, conflicts_with = "remove")]
    pub(crate) live: bool,
    /// With --live: orders of a day
    #[arg(long, requires = "live", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..=50_000))]
    pub(crate) orders: u64,
}

#[derive(Debug, Args)]
pub(crate) struct SimArgs {
    /// Names the world: the same seed gives the same facts
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Days to live through
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=365))]
    pub(crate) days: u64,
    /// Orders of a day
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(crate) orders: u64,
    /// sqlite, in a folder that is removed afterwards, or postgres, an empty database that the settings name
    #[arg(long, default_value = "sqlite")]
    pub(crate) engine: String,
    /// Write the facts behind the hash here, a line each, to compare two runs
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DrillArgs {
    /// A backup to try with; a demonstration if left out
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
    /// Messages of shops to send; the server is killed when half of them are acknowledged
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    pub(crate) messages: u64,
}
