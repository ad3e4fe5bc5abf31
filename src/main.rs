//! The command line: reads it, starts what it names, turns the outcome into an exit code.

#[path = "main/conformance.rs"]
mod conformance;
#[path = "main/link.rs"]
mod link;
#[path = "main/policies.rs"]
mod policies;

use std::{
    fmt::Display,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, Subcommand};
use countersign::{
    app::{
        Actor,
        audit::{self, Head},
        import::{self, Import},
        machine::{MovableClock, SystemClock},
        setup,
    },
    config::{Database, Flags, LogFormat, Purpose, ServerFlags, Settings},
    cxml, demo, server,
    store::{self, SQLITE_READERS},
};
use tracing_subscriber::EnvFilter;

/// Procurement punchout and approval server: cXML and OCI in, signed-off purchase orders out.
#[derive(Parser)]
#[command(name = "countersign", version, arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A whole world to try: server, people, suppliers, simulators; needs nothing else
    Demo {
        #[command(flatten)]
        flags: ServerFlags,
        /// Adds so many past requisitions, in past budget years only
        #[arg(long, value_name = "N", default_value_t = 0)]
        history: u32,
    },
    /// The real server
    Serve {
        #[command(flatten)]
        flags: ServerFlags,
    },
    /// The first organisation and its admin, on an empty database
    Init {
        #[command(flatten)]
        flags: Flags,
        /// The buyer organisation's name
        #[arg(long, value_name = "NAME")]
        organisation: String,
        /// Its currency: EUR, USD, ..
        #[arg(long, value_name = "CUR")]
        currency: String,
        /// The admin's e-mail address
        #[arg(long, value_name = "MAIL")]
        admin: String,
    },
    /// A one-time link with which somebody sets a password, where no mail goes out
    Link {
        #[command(flatten)]
        flags: Flags,
        /// The person's e-mail address
        email: String,
    },
    /// Brings the database to this version
    Migrate {
        #[command(flatten)]
        flags: Flags,
    },
    /// Checks cXML documents: a line per fault; exit 0 when all are good
    Validate {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Whether a partner's system does what it must: a trial with a signed report
    Conformance(conformance::Conformance),
    /// Reads a supplier's catalogue file into the shop
    Import {
        #[command(flatten)]
        flags: Flags,
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The supplier's short name; else the file is named after it: office-one.csv
        #[arg(long, value_name = "NAME")]
        supplier: Option<String>,
        /// The organisation whose contract prices these are, where a line names none
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
        /// Says what would change and changes nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// The rules of sign-off: checked, explained, replayed on history
    Policy {
        #[command(subcommand)]
        command: policies::PolicyCommand,
    },
    /// The audit trail
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Walks the hash chain and what it names: exit 0 when whole, 1 with the first broken entry
    Verify {
        #[command(flatten)]
        flags: Flags,
        /// A head exported earlier, which must still stand in the chain; may be repeated
        #[arg(long, value_name = "POSITION:HASH")]
        head: Vec<Head>,
    },
}

fn main() -> ExitCode {
    let line = Line::parse();
    // A reader of SQLite works on the thread that asks, so there is one more for each.
    let threads = std::thread::available_parallelism().map_or(1, usize::from) + SQLITE_READERS;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = match runtime.worker_threads(threads).enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => return failed(&fault),
    };
    let code = runtime.block_on(run(line.command));
    // What a worker may still be doing must not hold up the exit.
    runtime.shutdown_background();
    code
}

async fn run(command: Command) -> ExitCode {
    let done = match command {
        Command::Demo { flags, history } => run_demo(&flags, history).await,
        Command::Serve { flags } => run_server(&flags).await,
        Command::Init { flags, organisation, currency, admin } => {
            init(flags, &organisation, &currency, &admin).await
        }
        Command::Link { flags, email } => link::link(flags, &email).await,
        Command::Migrate { flags } => migrate(flags).await,
        Command::Validate { files } => validate(&files),
        Command::Conformance(of) => conformance::run(of).await,
        Command::Import { flags, file, supplier, organisation, dry_run } => {
            let named = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let supplier = supplier.or(named).unwrap_or_default();
            import(flags, &file, |bytes| Import { supplier, organisation, bytes, dry_run }).await
        }
        Command::Policy { command } => policies::run(command).await,
        Command::Audit { command: AuditCommand::Verify { flags, head } } => {
            verify_audit(flags, head).await
        }
    };
    match done {
        Ok(code) => code,
        Err(fault) => failed(&*fault),
    }
}

type Done = Result<ExitCode, Box<dyn std::error::Error + Send + Sync>>;

fn failed(fault: &(impl Display + ?Sized)) -> ExitCode {
    let _ = writeln!(io::stderr(), "countersign: {fault}");
    ExitCode::FAILURE
}

fn say(text: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// Log lines go to stderr; stdout is for answers.
fn log(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match settings.log_format {
        LogFormat::Text => lines.with_ansi(false).init(),
        LogFormat::Json => lines.json().init(),
    }
}

async fn run_demo(flags: &ServerFlags, history: u32) -> Done {
    let settings = Settings::of_process(Purpose::Demo, flags)?;
    log(&settings);
    let clock = Arc::new(MovableClock::default());
    let hand = Arc::clone(&clock);
    let prepare: server::Prepare = Box::new(move |app, stop| {
        Box::pin(async move {
            let made = demo::prepare(app, hand, history, stop).await?;
            Ok(server::Prepared { mount: made.mount, smtp: made.smtp })
        })
    });
    server::run(settings, server::Extra { demo: true, clock, prepare: Some(prepare) }).await?;
    Ok(ExitCode::SUCCESS)
}

async fn run_server(flags: &ServerFlags) -> Done {
    let settings = Settings::of_process(Purpose::Serve, flags)?;
    log(&settings);
    let clock = Arc::new(SystemClock);
    server::run(settings, server::Extra { demo: false, clock, prepare: None }).await?;
    Ok(ExitCode::SUCCESS)
}

async fn init(flags: Flags, organisation: &str, currency: &str, admin: &str) -> Done {
    let settings = Settings::of_process(Purpose::Tool, &flags.into())?;
    log(&settings);
    let first = setup::First::read(organisation, currency, admin)?;
    let app = server::offline(settings).await?;
    // The links made here are opened with this key alone.
    server::need_own_key(&app).await?;
    let made = setup::init(&app, first).await?;
    app.store.close().await;
    say(format_args!("{} is set up.", made.name))?;
    say(format_args!("Set the admin's password within 72 hours, once the server runs:"))?;
    say(made.link)?;
    Ok(ExitCode::SUCCESS)
}

async fn migrate(flags: Flags) -> Done {
    let settings = Settings::of_process(Purpose::Tool, &flags.into())?;
    log(&settings);
    let done = store::migrate(settings.database.url().expose()).await?;
    for name in &done.applied {
        say(format_args!("applied {name}"))?;
    }
    if done.applied.is_empty() {
        say(format_args!("nothing to do: all {} migrations are applied", done.known))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The exit code tells whether all are valid; what this server needs beyond that is a note.
fn validate(files: &[PathBuf]) -> Done {
    let mut good = true;
    for file in files {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(fault) => {
                good = false;
                say(format_args!("{}: {fault}", file.display()))?;
                continue;
            }
        };
        let cxml::Findings { faults, refused } = cxml::examine(&bytes);
        good &= faults.is_empty();
        let notes = refused.iter().map(|refused| ("note: this server refuses it: ", refused));
        for (mark, fault) in faults.iter().map(|fault| ("", fault)).chain(notes) {
            let cxml::CheckFault { line, column, path, got, expected, mend } = fault;
            let place = format_args!("{}:{line}:{column}: {mark}{path}", file.display());
            say(format_args!("{place}: got {got}, expected {expected}. {mend}"))?;
        }
        if faults.is_empty() {
            say(format_args!("{}: valid", file.display()))?;
        }
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn import(flags: Flags, file: &Path, of: impl FnOnce(Vec<u8>) -> Import) -> Done {
    let settings = Settings::of_process(Purpose::Tool, &flags.into())?;
    log(&settings);
    let bytes = std::fs::read(file).map_err(|fault| format!("{}: {fault}", file.display()))?;
    let app = server::offline(settings).await?;
    let report = import::run(&app, &Actor::system("import", None), &of(bytes)).await;
    app.store.close().await;
    let report = report?;
    for line in &report.lines {
        if let import::Outcome::Fault { field, got, expected } = &line.outcome {
            let (file, at) = (file.display(), line.line);
            say(format_args!("{file}:{at}: {field}: got \"{got}\", expected {expected}"))?;
        }
        if let Some(warning) = &line.warning {
            say(format_args!("{}:{}: note: {warning}", file.display(), line.line))?;
        }
    }
    let done = if report.dry_run { "would be " } else { "" };
    say(format_args!(
        "{done}added {}, {done}changed {}, unchanged {}, faulty lines {}",
        report.added, report.changed, report.unchanged, report.faults
    ))?;
    Ok(if report.faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads only, so it works beside a running server and on the database of one that stands still.
async fn verify_audit(flags: Flags, mut anchors: Vec<Head>) -> Done {
    let settings = Settings::of_process(Purpose::Tool, &flags.into())?;
    log(&settings);
    if let Database::Sqlite(file) = &settings.database
        && !file.exists()
    {
        return Err(format!("there is no database at {}", file.display()).into());
    }
    // Read before the chain, which can only have grown since.
    if let Some(data) = &settings.data {
        anchors.extend(audit::heads::read(&data.join(audit::heads::FILE))?);
    }
    let store = store::Store::open(settings.database.url().expose()).await?;
    let mut conn = store.snapshot().await?;
    let found = audit::verify(&mut conn, &anchors).await?;
    store.end_snapshot(conn).await?;
    store.close().await;
    match found {
        Ok(whole) => {
            say(format_args!(
                "whole: {} entries, {} more to be sealed; {} decisions, requisitions, orders and \
                 documents are what their entries name; {} exported heads stand",
                whole.head.position, whole.waiting, whole.compared, whole.anchors
            ))?;
            say(format_args!("head {}", whole.head))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            say(format_args!("broken: {broken}"))?;
            Ok(ExitCode::FAILURE)
        }
    }
}
