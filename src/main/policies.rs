//! `policy check`, `policy explain`, `policy replay`: on the database, whether a server runs or
//! not.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Args, Subcommand};
use countersign::{
    app::{
        Actor, App,
        policy::{self, PolicyKind},
    },
    config::{Database, Flags, Purpose, Settings},
    server, store,
};

use super::{Done, log, say};

/// The largest draft that is read; a set has a limit of its own.
const MAX_FILE: u64 = 8 * 1024 * 1024;

#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Whether the sets are sound: those in force, or with one of them replaced by a file
    Check {
        #[command(flatten)]
        of: Of,
    },
    /// Why a requisition got its plan, or which one a draft would give it
    Explain {
        #[command(flatten)]
        of: Of,
        /// Its number or id
        requisition: String,
    },
    /// What a draft would have changed for everything handed in so far
    Replay {
        #[command(flatten)]
        of: Of,
    },
}

/// Which organisation, and which set is replaced.
#[derive(Args)]
pub struct Of {
    #[command(flatten)]
    flags: Flags,
    /// The organisation's short name; needed when there are several
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// Which set the file is: access, approval or limits
    #[arg(long, value_name = "KIND", requires = "file")]
    kind: Option<String>,
    /// The draft, as CSV
    #[arg(long, value_name = "FILE", requires = "kind")]
    file: Option<PathBuf>,
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    let told = |fault: std::io::Error| format!("{}: {fault}", file.display());
    let size = std::fs::metadata(file).map_err(told)?.len();
    if size > MAX_FILE {
        return Err(format!("{}: larger than {MAX_FILE} bytes", file.display()));
    }
    std::fs::read(file).map_err(told)
}

/// The app on a database that is there; these commands make none.
pub async fn open(flags: Flags) -> Result<Arc<App>, Box<dyn std::error::Error + Send + Sync>> {
    let settings = Settings::of_process(Purpose::Tool, &flags.into())?;
    log(&settings);
    if let Database::Sqlite(file) = &settings.database
        && !file.exists()
    {
        return Err(format!("there is no database at {}", file.display()).into());
    }
    Ok(server::offline(settings).await?)
}

/// Runs one of the policy commands.
pub async fn run(command: PolicyCommand) -> Done {
    match command {
        PolicyCommand::Check { of } => check(of).await,
        PolicyCommand::Explain { of, requisition } => explain(of, &requisition).await,
        PolicyCommand::Replay { of } => replay(of).await,
    }
}

/// What a policy command stands on.
struct Stand {
    app: Arc<App>,
    actor: Actor,
    name: String,
    /// The set that is replaced.
    draft: Option<(PolicyKind, String)>,
}

async fn stand(of: Of) -> Result<Stand, Box<dyn std::error::Error + Send + Sync>> {
    let draft = match (&of.kind, &of.file) {
        (Some(kind), Some(file)) => {
            let kind = kind
                .parse()
                .map_err(|_| format!("--kind: got {kind}, expected access, approval or limits"))?;
            let text = String::from_utf8(read(file)?);
            Some((kind, text.map_err(|_| format!("{}: not UTF-8", file.display()))?))
        }
        _ => None,
    };
    let app = open(of.flags).await?;
    let all = store::organisation::all(&mut *app.store.read().await?).await?;
    let found = match (&of.organisation, all.as_slice()) {
        (Some(name), _) => all.iter().find(|one| one.name == *name),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let Some(found) = found else {
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        return Err(format!("--organisation: expected one of {}", names.join(", ")).into());
    };
    let actor = Actor::system("policy", Some(found.id));
    Ok(Stand { actor, name: found.name.clone(), draft, app })
}

async fn check(of: Of) -> Done {
    let stand = stand(of).await?;
    let mut reader = stand.app.reader(&stand.actor).await?;
    let (kind, csv) = match stand.draft.clone() {
        Some(draft) => draft,
        // The three are checked together, so any of them stands for all.
        None => {
            let kind = PolicyKind::Approval;
            (kind, policy::get(&mut reader, kind, None).await?.csv)
        }
    };
    match policy::checked(&mut reader, kind, &csv).await {
        Ok(warnings) => {
            say(format_args!("{}: sound", stand.name))?;
            for warning in warnings {
                say(format_args!("{}: warning: {warning}", stand.name))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            say(format_args!("{}: {}", stand.name, fault.told()))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn explain(of: Of, requisition: &str) -> Done {
    let stand = stand(of).await?;
    let mut reader = stand.app.reader(&stand.actor).await?;
    let explained = match &stand.draft {
        Some((kind, csv)) => policy::explain_draft(&mut reader, requisition, (*kind, csv)).await?,
        None => policy::explain(&mut reader, requisition).await?,
    };
    say(explained.text())?;
    Ok(ExitCode::SUCCESS)
}

async fn replay(of: Of) -> Done {
    let stand = stand(of).await?;
    let Some((kind, csv)) = &stand.draft else {
        return Err("policy replay needs a draft: --kind KIND --file FILE".into());
    };
    let mut reader = stand.app.reader(&stand.actor).await?;
    policy::checked(&mut reader, *kind, csv).await?;
    let mut shown = 0;
    let replayed = policy::replay_with(&mut reader, *kind, csv, |done, all| {
        let share = done.saturating_mul(10).checked_div(all).unwrap_or(10);
        if share > shown {
            shown = share;
            tracing::info!("{done} of {all} requisitions replayed");
        }
    })
    .await?;
    for one in &replayed.named {
        let blocked = one.blocked.as_ref().map(|why| format!(" blocked: {why}"));
        say(format_args!(
            "{} {} {}: {} -> {}; newly asked [{}], not asked any more [{}]{}",
            one.number,
            one.cost_center,
            one.total,
            one.before.in_short(),
            one.after.in_short(),
            one.newly_asked.join(", "),
            one.no_longer_asked.join(", "),
            blocked.unwrap_or_default()
        ))?;
    }
    for (center, one) in &replayed.cost_centers {
        say(format_args!(
            "cost centre {center}: {} looked at, {} with another plan, {} newly signed, {} newly \
             alone",
            one.looked_at, one.changed, one.newly_signed, one.newly_alone
        ))?;
    }
    for (person, (newly, gone)) in &replayed.people {
        say(format_args!("{person}: {newly} times newly asked, {gone} times not any more"))?;
    }
    say(format_args!(
        "{} of {} are planned again exactly as they were by their own rules",
        replayed.reproduced, replayed.looked_at
    ))?;
    say(format_args!(
        "{} looked at, {} with another plan, {} newly signed, {} newly alone, {} newly blocked",
        replayed.looked_at,
        replayed.changed,
        replayed.newly_signed,
        replayed.newly_alone,
        replayed.newly_blocked
    ))?;
    Ok(ExitCode::SUCCESS)
}
