//! `conformance`: the suite from the command line, beside a running server: sends our documents,
//! waits for the partner's, judges, signs.

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use clap::Args;
use countersign::{
    app::{
        Actor, App, act,
        conformance::{self as suite, Begin, MakeReport, Standing},
    },
    base::id::PartnerId,
    config::{Database, Flags, Purpose, Settings},
    domain::party::Partner,
    exchange::conformance::{self, Finding, Side, Verdict},
    server, store,
};

use super::{Done, log, say};

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Between two looks at what the partner sent.
const LOOK: Duration = Duration::from_secs(1);

#[derive(Args)]
pub struct Conformance {
    #[command(flatten)]
    flags: Flags,
    /// The connection: its name, its id, or the supplier's short name
    #[arg(long, value_name = "NAME", required_unless_present_any = ["list", "verify"])]
    partner: Option<String>,
    /// The organisation's short name; needed when several have such a connection
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// The partner's test address; left out, nothing is sent and what came is judged
    #[arg(long, value_name = "URL")]
    partner_url: Option<String>,
    /// Begins anew: nothing of the trial before counts
    #[arg(long, requires = "partner_url")]
    fresh: bool,
    /// Waits so many seconds for what the partner sends to its sandbox
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
    /// Writes the signed report
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Whether this server signed the report in the file
    #[arg(long, value_name = "FILE", conflicts_with = "partner")]
    verify: Option<PathBuf>,
    /// Every case, in plain words
    #[arg(long, conflicts_with_all = ["partner", "verify"])]
    list: bool,
}

pub async fn run(of: Conformance) -> Done {
    if of.list {
        return list();
    }
    let app = open(&of).await?;
    let done = match &of.verify {
        Some(file) => verify(&app, &std::fs::read_to_string(file)?),
        None => try_out(&app, &of).await,
    };
    app.store.close().await;
    done
}

/// Whoever may run this may name an address of this machine; nobody else's settings change.
async fn open(of: &Conformance) -> Result<Arc<App>, Fault> {
    let mut settings = Settings::of_process(Purpose::Tool, &of.flags.clone().into())?;
    log(&settings);
    if let Database::Sqlite(file) = &settings.database
        && !file.exists()
    {
        return Err(format!("there is no database at {}", file.display()).into());
    }
    let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    let url = of.partner_url.as_deref().unwrap_or_default();
    settings.allow_loopback |= local.iter().any(|start| url.starts_with(start));
    Ok(server::offline(settings).await?)
}

fn list() -> Done {
    for side in [Side::Supplier, Side::Buyer] {
        for case in conformance::cases(side) {
            let (side, way) = (side.word(), case.way.word());
            say(format_args!("{side} {way} {}: {}", case.id, case.title))?;
            say(format_args!("    {} Expected: {}.", case.done, case.expected))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn verify(app: &App, text: &str) -> Done {
    match suite::genuine(app, text) {
        Ok(report) => {
            let word = if report.passed { "passed" } else { "not passed" };
            say(format_args!("genuine: {} of {}, {word}", report.partner_name, report.judged_at))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(refusal) => {
            say(format_args!("not genuine: {refusal}"))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn partner(app: &App, of: &Conformance) -> Result<Partner, Fault> {
    let name = of.partner.as_deref().unwrap_or_default();
    let organisation = of.organisation.as_deref().unwrap_or_default();
    let mut conn = app.store.read().await?;
    let found = store::conformance::partners_named(&mut conn, name, organisation).await?;
    let id: PartnerId = match found.as_slice() {
        [] => return Err(format!("there is no connection {name}").into()),
        [one] => *one,
        _ => return Err(format!("several have a connection {name}: add --organisation").into()),
    };
    let partner = store::partner::get(&mut conn, id).await?;
    partner.ok_or_else(|| format!("there is no connection {name}").into())
}

async fn try_out(app: &Arc<App>, of: &Conformance) -> Done {
    let partner = partner(app, of).await?;
    let actor = Actor::system("command-line", Some(partner.organisation));
    if let Some(url) = &of.partner_url {
        let begin = Begin { partner: partner.id, url: url.clone(), fresh: of.fresh };
        let trial = act(app, &actor, begin).await?;
        let sent = suite::send(app, &actor, trial).await?;
        say(format_args!("sent {sent} documents to {url}"))?;
    }
    let standing = wait(app, &partner, of.wait).await?;
    for finding in &standing.findings {
        tell(finding)?;
    }
    let id = act(app, &actor, MakeReport { partner: partner.id }).await?;
    let signed = suite::signed(&mut app.reader(&actor).await?, id).await?;
    let report = &signed.report;
    let of_word = |verdict| report.count(verdict);
    say(format_args!(
        "{}: {} passed, {} failed, {} not tried, {} wait for another; report {id}",
        if report.passed { "passed" } else { "not passed" },
        of_word("passed"),
        of_word("failed"),
        of_word("not-tried"),
        of_word("waits")
    ))?;
    if let Some(file) = &of.report {
        std::fs::write(file, serde_json::to_string_pretty(&signed)?)?;
    }
    Ok(if report.passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Looks until nothing stands in the way any more, or the time is over.
async fn wait(app: &App, partner: &Partner, seconds: u64) -> Result<Standing, Fault> {
    let mut left = seconds;
    loop {
        let mut conn = app.store.read().await?;
        let standing = suite::stand(app, &mut conn, partner.clone()).await?;
        drop(conn);
        if left == 0 || !standing.findings.iter().any(Finding::blocks) {
            return Ok(standing);
        }
        left -= 1;
        tokio::time::sleep(LOOK).await;
    }
}

/// One line for what is well, more for what is not.
fn tell(finding: &Finding) -> std::io::Result<()> {
    let case = finding.case;
    let word = finding.verdict.word();
    match &finding.verdict {
        Verdict::Failed(got) => {
            say(format_args!("{word:9} {}: got {got}", case.id))?;
            say(format_args!("          expected {}", case.expected))?;
            say(format_args!("          {}", case.mend))
        }
        Verdict::Waits(first) => say(format_args!("{word:9} {}: first mend {first}", case.id)),
        Verdict::Passed | Verdict::NotTried | Verdict::NotOffered => {
            say(format_args!("{word:9} {}", case.id))
        }
    }
}
